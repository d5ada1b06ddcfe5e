// node_asks.mjs URL WANT - OpenAI's package for Node and the AI SDK ask a server of ours.
import OpenAI from 'openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText } from 'ai';

const [url, question, want] = process.argv.slice(2);
let n = 0;
let nFailed = 0;

function ok(holds, claim, found) {
    n += 1;
    nFailed += !holds;
    console.log(`${holds ? 'ok' : 'not ok'} ${n} - ${claim}`);
    if (!holds) console.log(`# ${JSON.stringify(found)?.slice(0, 500)}`);
}

const messages = [{ role: 'user', content: question }];
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' });

const whole = await client.chat.completions.create({ model: 'sequential', messages });
ok(whole.choices[0].message.content === want, 'openai: a whole answer', whole);
ok(whole.usage.completion_tokens_details.reasoning_tokens === 30, 'openai: its thoughts are reasoning tokens', whole.usage);
let said = '';
for await (const chunk of await client.chat.completions.create({ model: 'sequential', messages, stream: true }))
    said += chunk.choices[0]?.delta?.content ?? '';
ok(said === want, 'openai: a stream of it', said);
const plain = await client.completions.create({ model: 'sequential', prompt: question });
ok(plain.choices[0].text === want, 'openai: a completion of a prompt', plain);
const models = [];
for await (const model of client.models.list()) models.push(model.id);
ok(models.includes('sequential:baseline'), 'openai: the models', models);
try {
    await client.chat.completions.create({ model: 'none', messages });
    ok(false, 'openai: a model that is not there is an error');
} catch (error) {
    ok(error.status === 404 && /no model/.test(error.message), 'openai: a model that is not there is an error', String(error));
}

const team = createOpenAICompatible({ name: 'latentmas', baseURL: `${url}/v1`, includeUsage: true })('sequential');
const generated = await generateText({ model: team, prompt: question });
ok(generated.text === want && generated.finishReason === 'stop', 'AI SDK: generateText', generated.text);
ok(generated.usage.totalTokens === whole.usage.total_tokens, 'AI SDK: its usage', generated.usage);
const streamed = streamText({ model: team, system: 'You count.', prompt: question });
let text = '';
for await (const piece of streamed.textStream) text += piece;
ok(text.length > 0 && (await streamed.finishReason) === 'stop', 'AI SDK: streamText', text);
process.exit(nFailed > 0 ? 1 : 0);
