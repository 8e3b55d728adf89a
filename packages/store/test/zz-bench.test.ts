import { test } from 'node:test'
import { onEachDatabase } from './bench.ts'
import { present } from './acts.ts'
import { givenAccount, givenGrant } from './given.ts'
onEachDatabase((bench) => {
  test('speed', async () => {
   for (let round = 0; round < 3; round++) {
    const accounts = []
    let s = performance.now()
    for (let k=0;k<10;k++) accounts.push(...await Promise.all(Array.from({ length: 64 }, () => givenAccount(bench()))))
    console.log(bench().kind, 'account/s', Math.round(640 / ((performance.now() - s) / 1000)))
    s = performance.now()
    const fams=[]
    for (let k=0;k<10;k++) fams.push(...await Promise.all(accounts.slice(k*64,k*64+64).map((a) => givenGrant(bench(), a))))
    console.log(bench().kind, 'open/s', Math.round(640 / ((performance.now() - s) / 1000)))
    s = performance.now()
    for (let k=0;k<10;k++) await Promise.all(fams.slice(k*64,k*64+64).map((f) => present(bench(), f, 1)))
    console.log(bench().kind, 'rotate/s', Math.round(640 / ((performance.now() - s) / 1000)))
   }
    let s = performance.now()
    for (let i = 0; i < 1500; i++) await bench().store.readHead()
    console.log(bench().kind, 'head us', Math.round((performance.now() - s) / 1.5))
    if (bench().kind==='postgres') {
      const {selectSessionsOverCap}=await import('../src/statements/sessions.ts')
      for (const r of await bench().rows('explain analyze '+selectSessionsOverCap.text,'acc_x','ses_y',1,10,1)) console.log(Object.values(r)[0])
    }
  })
})
