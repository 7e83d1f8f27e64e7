package dev.ganglion.decider.slots;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model of three intents and two kinds of slots, and what it would compute. */
final class Home {
    private static final List<String> TAGS = List.of("O", "B-room", "I-room", "B-time", "I-time");

    private static final Pattern WORD = Pattern.compile("[^\\s\\u00a0]+");

    static final ModelPackage MODEL =
            ModelPackage.of(new ModelId("home", "1"), "onnx", Path.of("model.onnx"))
                    .withTensors(
                            List.of(),
                            List.of(
                                    TensorSpec.of("intent_logits", Tensor.Type.FLOAT32, "1", -1, 3),
                                    TensorSpec.of(
                                            "slot_logits", Tensor.Type.FLOAT32, "1", -1, -1, 5)))
                    .withLabels(
                            Map.of(
                                    "intent_logits",
                                    List.of("light_off", "light_on", "timer_set"),
                                    "slot_logits",
                                    TAGS));

    private Home() {}

    static Tensor intents(float... logits) {
        return Tensors.of(logits, 1, logits.length);
    }

    /** One token per word between two that stand for no text. */
    static Tokens tokens(String text) {
        Tokens tokens = new Tokens();
        tokens.start(text);
        tokens.add(1, 0, 0);
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            tokens.add(3, words.start(), words.end());
        }
        tokens.add(2, text.length(), text.length());
        return tokens;
    }

    /** The scores of {@link #tokens}, one tag per word. */
    static Tensor tags(Tokens tokens, String... tags) {
        String[] rows = new String[tags.length + 1];
        rows[0] = "B-time";
        System.arraycopy(tags, 0, rows, 1, tags.length);
        return rows(tokens.size(), rows);
    }

    /** The scores of some tokens; those that are not named get an even row. */
    static Tensor rows(int count, String... tags) {
        float[] scores = new float[count * TAGS.size()];
        for (int row = 0; row < tags.length; row++) {
            scores[row * TAGS.size() + TAGS.indexOf(tags[row])] = 5;
        }
        return Tensors.of(scores, 1, count, TAGS.size());
    }
}
