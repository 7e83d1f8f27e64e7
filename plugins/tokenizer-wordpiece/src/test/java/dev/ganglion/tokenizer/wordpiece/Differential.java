package dev.ganglion.tokenizer.wordpiece;

import static org.assertj.core.api.Assertions.fail;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One vocabulary read twice: by the plug-in and by the reference. Compares ids and positions. */
final class Differential implements AutoCloseable {
    private static final int BATCH = 256;

    final Vocabulary vocabulary;
    final Reference reference;
    private final Stage<CharSequence, Tokens> encoder;
    private final List<String> waiting = new ArrayList<>();

    Differential(String json, Path folder) throws IOException {
        vocabulary = new WordPieceTokenizer().open(Vocabularies.write(folder, json));
        encoder = vocabulary.encoder(0, false);
        reference = new Reference(json);
    }

    /** Compares now or later; {@link #finish} compares what is left. */
    void compare(String text) {
        waiting.add(text);
        if (waiting.size() == BATCH) {
            finish();
        }
    }

    void finish() {
        Reference.Encoded[] expected = reference.encode(waiting.toArray(String[]::new));
        for (int i = 0; i < expected.length; i++) {
            String text = waiting.get(i);
            Reference.Encoded encoded = expected[i];
            encoder.push(text, tokens -> {});
            encoder.flush(tokens -> compare(text, tokens, encoded));
        }
        waiting.clear();
    }

    private static void compare(String text, Tokens tokens, Reference.Encoded expected) {
        int[] offsets = null;
        for (int i = 0; i < Math.max(tokens.size(), expected.ids().length); i++) {
            boolean same = i < tokens.size() && i < expected.ids().length;
            if (same) {
                CharSpan span = expected.spans()[i];
                if (span == null) {
                    same = tokens.start(i) == tokens.end(i);
                } else {
                    if (offsets == null) {
                        offsets = offsets(text);
                    }
                    same =
                            tokens.start(i) == offsets[span.getStart()]
                                    && tokens.end(i) == offsets[span.getEnd()];
                }
                same &= tokens.id(i) == expected.ids()[i];
            }
            if (!same) {
                fail("token %d%n%s", i, difference(text, tokens, expected, i));
            }
        }
    }

    private static String difference(
            String text, Tokens tokens, Reference.Encoded expected, int at) {
        StringBuilder shown = new StringBuilder();
        for (int i = Math.max(0, at - 3); i < at + 3; i++) {
            if (i < tokens.size()) {
                shown.append(tokens.id(i)).append('[').append(tokens.start(i)).append(',');
                shown.append(tokens.end(i)).append(") found");
            }
            if (i < expected.ids().length) {
                CharSpan span = expected.spans()[i];
                shown.append(' ').append(expected.ids()[i]).append('[');
                if (span != null) {
                    int[] offsets = offsets(text);
                    shown.append(offsets[span.getStart()]).append(',');
                    shown.append(offsets[span.getEnd()]);
                }
                shown.append(") expected");
            }
            shown.append('\n');
        }
        int middle = at < tokens.size() ? tokens.start(at) : text.length();
        String near = text.substring(Math.max(0, middle - 9), Math.min(text.length(), middle + 9));
        return shown + Arrays.toString(near.codePoints().mapToObj(Integer::toHexString).toArray());
    }

    /** Where in chars each code point starts, and the end. */
    private static int[] offsets(String text) {
        int[] offsets = new int[text.length() + 1];
        int codePoint = 0;
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            offsets[codePoint++] = at;
        }
        offsets[codePoint] = text.length();
        return offsets;
    }

    @Override
    public void close() {
        encoder.close();
        vocabulary.close();
        reference.close();
    }
}
