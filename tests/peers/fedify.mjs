// A server of the fediverse on Fedify with one reader on it, who follows, unfollows and keeps what arrives signed.
//   node fedify.mjs   says its address when it can be asked, and ends when its input does
import { createServer } from 'node:http'
import {
  Activity, Create, Endpoints, Follow, MemoryKvStore, Object as Thing, Person, Undo, Update, createFederation, generateCryptoKeyPair,
} from '@fedify/fedify'

const READER = 'vecina'
const heard = []
const keys = [await generateCryptoKeyPair('RSASSA-PKCS1-v1_5')]
const federation = createFederation({ kv: new MemoryKvStore(), allowPrivateAddress: true })

federation
  .setActorDispatcher('/users/{identifier}', async (ctx, name) => {
    if (name !== READER) return null
    const [pair] = await ctx.getActorKeyPairs(name)
    return new Person({
      id: ctx.getActorUri(name),
      preferredUsername: name,
      inbox: ctx.getInboxUri(name),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pair.cryptographicKey,
    })
  })
  .setKeyPairsDispatcher(() => keys)

federation.setInboxListeners('/users/{identifier}/inbox', '/inbox').on(Activity, async (ctx, activity) => {
  const object = activity.objectId.href  // before it is looked at, which asks the server that the name leads to
  const thing = await activity.getObject(ctx)
  const note = activity instanceof Create || activity instanceof Update ? thing : null
  const pictures = note ? await Array.fromAsync(note.getAttachments(ctx)) : []
  const tags = note ? await Array.fromAsync(note.getTags(ctx)) : []
  heard.push({
    type: activity.constructor.name,
    id: activity.id.href,
    actor: activity.actorId.href,
    object,
    content: note?.content?.toString() ?? null,
    languages: note ? note.contents.flatMap((words) => words.locale?.baseName ?? words.language?.compact() ?? []) : [],
    alt: pictures.map((picture) => picture.name?.toString() ?? ''),
    tags: tags.map((tag) => tag.name?.toString() ?? ''),
  })
})

const control = {
  '/control/heard': () => heard,
  '/control/found': async (ctx, { office }) => {
    const options = { documentLoader: ctx.documentLoader, allowPrivateAddress: true }
    const [actor, named] = [await ctx.lookupObject(office, options), await ctx.lookupWebFinger(new URL(office), options)]
    return { type: actor?.constructor.name, name: actor?.name?.toString(), subject: named?.subject }
  },
  // What is left of a document once its words have become Fedify's own and are written down anew.
  '/control/understood': async (_ctx, { document }) => {
    const thing = await Thing.fromJsonLd(document)
    return thing.clone({}).toJsonLd({ format: 'expand' })
  },
  '/control/follow': (ctx, { office, number }) => send(ctx, office, follow(ctx, office, number)),
  '/control/unfollow': (ctx, { office, number }) => send(ctx, office, new Undo({
    id: new URL(`#undo-${number}`, ctx.getActorUri(READER)),
    actor: ctx.getActorUri(READER),
    object: follow(ctx, office, number),
  })),
}

function follow(ctx, office, number) {
  const reader = ctx.getActorUri(READER)
  return new Follow({ id: new URL(`#follow-${number}`, reader), actor: reader, object: new URL(office) })
}

async function send(ctx, office, activity) {
  const recipient = await ctx.lookupObject(office, { documentLoader: ctx.documentLoader })
  await ctx.sendActivity({ identifier: READER }, recipient, activity)
  return {}
}

const server = createServer(async (incoming, outgoing) => {
  const parts = []
  for await (const part of incoming) parts.push(part)
  const url = new URL(incoming.url, `http://${incoming.headers.host}`)
  const body = parts.length ? Buffer.concat(parts) : undefined
  try {
    if (control[url.pathname]) {
      const told = await control[url.pathname](federation.createContext(url, undefined), JSON.parse(body ?? '{}'))
      outgoing.end(JSON.stringify(told))
      return
    }
    const request = new Request(url, { method: incoming.method, headers: incoming.headers, body })
    const answer = await federation.fetch(request, { contextData: undefined })
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
    outgoing.end(Buffer.from(await answer.arrayBuffer()))
  } catch (problem) {
    outgoing.writeHead(500)
    outgoing.end(JSON.stringify({ error: String(problem?.stack ?? problem) }))
  }
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))

process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
