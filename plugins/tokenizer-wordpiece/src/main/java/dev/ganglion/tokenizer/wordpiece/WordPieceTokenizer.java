package dev.ganglion.tokenizer.wordpiece;

import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.encode.Vocabulary;
import java.nio.file.Path;
import org.osgi.service.component.annotations.Component;

/**
 * Reads a Hugging Face {@code tokenizer.json} whose model is WordPiece, as BERT and its descendants
 * have it. Its sections "truncation" and "padding" are ignored: {@link Vocabulary#encoder} says how
 * long a text may be, and nothing is padded.
 */
@Component(service = Tokenizer.class)
public final class WordPieceTokenizer implements Tokenizer {
    /** Called by the container, and by whoever does without. */
    public WordPieceTokenizer() {}

    @Override
    public String name() {
        return "wordpiece";
    }

    @Override
    public Vocabulary open(Path file) {
        return new TokenizerFile(file).read();
    }
}
