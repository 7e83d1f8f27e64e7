package dev.ganglion.testkit.toy;

import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.encode.Vocabulary;
import java.nio.file.Path;

/**
 * Bytes as tokens: the ids 0 to 255 are the bytes of the text in UTF-8, 256 begins it and 257 ends
 * it. Its file holds nothing but the number of ids, see {@link ToyModels#vocabulary}.
 */
public final class ToyTokenizer implements Tokenizer {
    static final String FORMAT = "toy-bytes";

    /** A tokenizer needs nothing. */
    public ToyTokenizer() {}

    @Override
    public String name() {
        return FORMAT;
    }

    @Override
    public Vocabulary open(Path file) {
        ToyFile content = ToyFile.read(file, FORMAT);
        float size = content.row(0, 1)[0];
        if (size != ToyVocabulary.SIZE) {
            throw content.refused("has " + ToyVocabulary.SIZE + " ids", Float.toString(size));
        }
        return new ToyVocabulary();
    }
}
