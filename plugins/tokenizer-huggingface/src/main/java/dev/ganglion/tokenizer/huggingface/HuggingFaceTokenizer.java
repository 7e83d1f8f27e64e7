package dev.ganglion.tokenizer.huggingface;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.encode.Vocabulary;
import java.nio.file.Path;
import org.osgi.service.component.annotations.Component;

/**
 * Reads a Hugging Face {@code tokenizer.json} of every kind: BPE, Unigram, WordPiece, WordLevel.
 * Its sections "truncation" and "padding" are ignored: {@link Vocabulary#encoder} says how long a
 * text may be, and nothing is padded.
 *
 * <p>DJL's class of the same name is left out, and the native calls below it are used: making one
 * calls home, a file {@code tokenizer_config.json} in the folder changes what it does, and each
 * text costs five arrays that nobody reads.
 */
@Component(service = Tokenizer.class)
public final class HuggingFaceTokenizer implements Tokenizer {
    /** Called by the container, and by whoever does without. */
    public HuggingFaceTokenizer() {}

    @Override
    public String name() {
        return "huggingface";
    }

    @Override
    public Vocabulary open(Path file) {
        VocabularyFile read = VocabularyFile.read(file);
        TokenizersLibrary library = NativeLibrary.library();
        long handle;
        try {
            handle = library.createTokenizerFromString(read.json());
        } catch (RuntimeException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "vocabulary "
                            + file
                            + " is none that Hugging Face's tokenizers reads ("
                            + NativeLibrary.oneLine(e)
                            + "); save it again with a version up to 0.21",
                    e);
        }
        library.disableTruncation(handle);
        library.disablePadding(handle);
        return new HuggingFaceVocabulary(file, library, handle, read.size());
    }
}
