package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.model.Generation;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What a model reads around that which was said. What was said may hold none of the control tokens
 * that set it apart, or whoever speaks could write the rest of the prompt himself. One thread.
 */
final class Prompt {
    private final ModelId model;
    private final boolean lowercase;
    private final String before;
    private final String after;
    private int from;
    private int to;

    Prompt(ModelId model, Generation how) {
        this.model = model;
        this.lowercase = how.lowercase();
        int at = how.prompt().indexOf(Generation.TEXT);
        this.before = how.prompt().substring(0, at);
        this.after = how.prompt().substring(at + Generation.TEXT.length());
    }

    void push(
            CharSequence text, Stage<CharSequence, Tokens> encoder, Consumer<? super Tokens> out) {
        CharSequence asked = lowercase ? text.toString().toLowerCase(Locale.ROOT) : text;
        from = before.length();
        to = from + asked.length();
        encoder.push(before, out);
        encoder.push(asked, out);
        encoder.push(after, out);
    }

    /**
     * Checks what was pushed last.
     *
     * @throws GanglionException of kind INPUT when a control token stands in the text
     */
    void check(Tokens tokens, Vocabulary vocabulary) {
        for (int i = 0; i < tokens.size(); i++) {
            int start = tokens.start(i);
            int end = tokens.end(i);
            if (start < end
                    && end > from
                    && start < to
                    && vocabulary.piece(tokens.id(i)).length == 0) {
                throw new GanglionException(
                        Kind.INPUT,
                        "the text holds '"
                                + tokens.text().subSequence(start, end)
                                + "', a control token of model "
                                + model
                                + ", which only its prompt may use; leave it out");
            }
        }
    }
}
