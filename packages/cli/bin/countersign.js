#!/usr/bin/env -S node --conditions=source
console.log('placeholder')
