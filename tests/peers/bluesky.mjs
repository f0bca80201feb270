// A real Bluesky server and its directory of identities, both on loopback and with nobody beyond: the channel's peer.
//   node bluesky.mjs FOLDER PORT SECRET   says "ready" when it can be asked, and ends when its input does
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { PDS, envToCfg, envToSecrets, readEnv } from '@atproto/pds'
import plc from '@did-plc/server'

const [folder, port, secret] = process.argv.slice(2)
const directory = plc.PlcServer.create({ db: plc.Database.mock(), port: 0 })
const listening = await directory.start()

mkdirSync(`${folder}/blobs`, { recursive: true })
Object.assign(process.env, {
  LOG_ENABLED: 'false',
  PDS_DEV_MODE: 'true',
  PDS_HOSTNAME: 'localhost',
  PDS_PORT: port,
  PDS_DATA_DIRECTORY: folder,
  PDS_BLOBSTORE_DISK_LOCATION: `${folder}/blobs`,
  PDS_DID_PLC_URL: `http://127.0.0.1:${listening.address().port}`,
  PDS_SERVICE_HANDLE_DOMAINS: '.test',
  PDS_INVITE_REQUIRED: 'false',
  PDS_RATE_LIMITS_ENABLED: 'true',
  PDS_JWT_SECRET: secret,
  PDS_DPOP_SECRET: randomBytes(32).toString('hex'),
  PDS_ADMIN_PASSWORD: secret,
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: randomBytes(32).toString('hex'),
})
const env = readEnv()
const server = await PDS.create(envToCfg(env), envToSecrets(env))
await server.start()
console.log('ready')

process.stdin.resume()
process.stdin.on('end', async () => {
  await server.destroy()
  await directory.destroy()
  process.exit(0)
})
