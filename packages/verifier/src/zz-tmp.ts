import crypto from 'node:crypto'
import { createChecker, importKey, signatureBackEnd } from '@countersign/verifier'
const id=(p:string)=>p+'_'+'01arz3ndektsv4rrffq69g5fav'
const alg=process.argv[2]??'HS256'
const kid=id('sig')
let sign:any, jwk:any, pub:any
if(alg==='HS256'){const k=crypto.randomBytes(32);const s=crypto.createSecretKey(k);pub=s;sign=(d:string)=>crypto.createHmac('sha256',s).update(d).digest('base64url');jwk={kty:'oct',k:k.toString('base64url')}}
else{const kp:any=alg==='ES256'?crypto.generateKeyPairSync('ec',{namedCurve:'P-256'}):alg==='EdDSA'?crypto.generateKeyPairSync('ed25519'):crypto.generateKeyPairSync('rsa',{modulusLength:2048});pub=kp.publicKey;jwk=kp.publicKey.export({format:'jwk'});sign=(d:string)=>crypto.sign(alg==='EdDSA'?null:'sha256',Buffer.from(d),alg==='ES256'?{key:kp.privateKey,dsaEncoding:'ieee-p1363'}:kp.privateKey).toString('base64url')}
jwk={...jwk,kid,alg}
const b64=(o:any)=>Buffer.from(JSON.stringify(o)).toString('base64url')
const h=b64({alg,typ:'at+jwt',kid})
const now=1_800_000_000
function mk(i:number){ const p=b64({iss:'https://auth.example.com',sub:'acc_'+String(i%1000).padStart(26,'0'),aud:'https://api.example.com',exp:now+800,iat:now-100,jti:'jwt_'+String(i).padStart(26,'0'),client_id:'first-party',scope:'orders:read orders:write invoices:read',sid:'ses_'+String(i).padStart(26,'0'),gid:'gra_'+String(i).padStart(26,'0'),roles:['member'],amr:['pwd'],auth_time:now-1000,epoch:'e_8f2k3l4m5n6p7q8r',pos:12345})
 return 'Bearer '+h+'.'+p+'.'+sign(h+'.'+p)}
const N=alg==='HS256'?8000:1500
const heads=Array.from({length:N},(_,i)=>mk(i))
let mono=0
const clock={nowMs:()=>Date.now(),monotonicMs:()=>performance.now()}
function fresh(){const c=createChecker({issuer:'https://auth.example.com',audiences:['https://api.example.com'],style:{prefix:'cs',environment:'live'},clock,ask:async()=>{throw 1},renew:async()=>{},bounds:{verdictsMax:Number(process.env.VM??50000)}})
 c.setKeys([importKey(jwk) as any]); 
 c.apply({epoch:'e_8f2k3l4m5n6p7q8r',entries:Array.from({length:20000},(_,i)=>({position:i+1,kind:'session' as const,id:'ses_'+String(900000+i).padStart(26,'0'),expiresAtMs:now*1000+9e5})),position:20000,sentAtMonotonicMs:clock.monotonicMs(),sentAtWallMs:clock.nowMs(),leaseMs:60000,authorityNowMs:now*1000,snapshot:true}); return c}
function bare(t:string){const [a,b,c]=t.split('.') as [string,string,string];const hd=JSON.parse(Buffer.from(a,'base64url').toString());if(hd.alg!==alg||hd.typ!=='at+jwt'||hd.kid!==kid)throw 1;const sig=Buffer.from(c,'base64url');
 if(alg==='HS256'){const d=crypto.createHmac('sha256',pub).update(a+'.'+b).digest();if(d.length!==sig.length||!crypto.timingSafeEqual(d,sig))throw 2}
 else if(!crypto.verify(alg==='EdDSA'?null:'sha256',Buffer.from(a+'.'+b),alg==='ES256'?{key:pub,dsaEncoding:'ieee-p1363'}:pub,sig))throw 2
 const p=JSON.parse(Buffer.from(b,'base64url').toString());if(p.iss!=='https://auth.example.com'||p.aud!=='https://api.example.com'||typeof p.exp!=='number'||p.exp<now||p.iat>now)throw 3;return p}
let ck=fresh()
function run(f:(t:string)=>any,from:number,to:number){const s=performance.now();for(let i=from;i<to;i++)f(heads[i]!.slice(7));return (performance.now()-s)*1000/(to-from)}
const r1=[],r2=[],r3=[]
const K=alg==='HS256'?2000:150
for(let rep=0;rep<8;rep++){ ck=fresh(); for(let i=0;i+K<=N;i+=K){ const b=run(bare,i,i+K); const o=run(t=>{const r=ck.check(t) as any;if(!r.ok)throw r},i,i+K); const w=run(t=>{const r=ck.check(t) as any;if(!r.ok)throw r},i,i+K); if(rep>1){r1.push(b);r2.push(o);r3.push(w)} } }
const med=(a:number[])=>a.sort((x,y)=>x-y)[a.length>>1]!
const m=new Map(heads.map((x,i)=>[x.slice(7),i])); const mg=[];for(let r=0;r<20;r++)mg.push(run(t=>m.get(t),0,Math.min(K,N)))
console.log(alg,'bare',med(r1).toFixed(2),'ours',med(r2).toFixed(2),'ratio',(med(r2)/med(r1)).toFixed(3),'warm',med(r3).toFixed(3),'mapget',med(mg).toFixed(3), ck.stats())
