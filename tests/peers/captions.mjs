// What W3C's own parser has against the WebVTT that comes in, and how many cues it found.
//   node captions.mjs < subtitulos.vtt
import { text } from 'node:stream/consumers'
import parser from 'webvtt-parser'

const { cues, errors } = new parser.WebVTTParser().parse(await text(process.stdin), 'subtitles/captions/descriptions')
console.log(JSON.stringify({ cues: cues.length, faults: errors.map(({ line, message }) => `${line}: ${message}`) }))
