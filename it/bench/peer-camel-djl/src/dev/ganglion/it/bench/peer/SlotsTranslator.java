package dev.ganglion.it.bench.peer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import dev.ganglion.it.bench.NluMicro;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Text to the inputs of nlu-micro, and its outputs to intent and slots. */
final class SlotsTranslator implements Translator<String, Understood> {
    private final HuggingFaceTokenizer tokenizer;
    private final String[] intents;
    private final String[] tags;

    SlotsTranslator(Path folder, HuggingFaceTokenizer tokenizer) throws IOException {
        this.tokenizer = tokenizer;
        this.intents = NluMicro.labels(folder, "intents").toArray(String[]::new);
        this.tags = NluMicro.labels(folder, "slots").toArray(String[]::new);
    }

    @Override
    public Batchifier getBatchifier() {
        return null; // the batch axis is added here
    }

    @Override
    public NDList processInput(TranslatorContext context, String text) {
        Encoding encoding = tokenizer.encode(text);
        context.setAttachment("encoding", encoding);
        context.setAttachment("text", text);
        Shape shape = new Shape(1, encoding.getIds().length);
        NDArray ids = context.getNDManager().create(encoding.getIds(), shape);
        NDArray mask = context.getNDManager().create(encoding.getAttentionMask(), shape);
        ids.setName("input_ids");
        mask.setName("attention_mask");
        return new NDList(ids, mask);
    }

    @Override
    public Understood processOutput(TranslatorContext context, NDList outputs) {
        float[] scores = outputs.get(0).toFloatArray();
        float[] slotScores = outputs.get(1).toFloatArray();
        int intent = highest(scores, 0, intents.length);
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - scores[intent]);
        }
        Encoding encoding = (Encoding) context.getAttachment("encoding");
        String text = (String) context.getAttachment("text");
        return new Understood(intents[intent], slots(text, encoding, slotScores), 1 / sum);
    }

    private Map<String, Object> slots(String text, Encoding encoding, float[] scores) {
        Map<String, Object> slots = new LinkedHashMap<>();
        CharSpan[] spans = encoding.getCharTokenSpans();
        String type = null;
        int start = 0;
        int end = 0;
        for (int token = 0; token < spans.length; token++) {
            CharSpan span = spans[token];
            boolean word =
                    span != null
                            && span.getEnd() > span.getStart()
                            && (span.getStart() == 0
                                    || Character.isWhitespace(text.charAt(span.getStart() - 1)));
            if (!word) {
                continue;
            }
            String tag = tags[highest(scores, token * tags.length, tags.length)];
            int wordEnd = text.indexOf(' ', span.getStart());
            String found = tag.equals("O") ? null : tag.substring(2);
            if (found == null || !found.equals(type) || tag.startsWith("B-")) {
                keep(slots, type, text, start, end);
                type = found;
                start = span.getStart();
            }
            end = wordEnd < 0 ? text.length() : wordEnd;
        }
        keep(slots, type, text, start, end);
        return slots;
    }

    private static void keep(
            Map<String, Object> slots, String type, String text, int start, int end) {
        if (type != null) {
            slots.putIfAbsent(type, text.substring(start, end).replaceAll("[.,;:!?]+$", ""));
        }
    }

    private static int highest(float[] scores, int from, int count) {
        int index = 0;
        for (int i = 1; i < count; i++) {
            if (scores[from + i] > scores[from + index]) {
                index = i;
            }
        }
        return index;
    }
}
