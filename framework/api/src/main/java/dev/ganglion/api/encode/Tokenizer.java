package dev.ganglion.api.encode;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Plugin;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Reads vocabulary files of some kinds. Implemented by vendors; named in a route by {@code
 * encode:}.
 */
@ConsumerType
public interface Tokenizer extends Plugin {
    /**
     * Reads a vocabulary file.
     *
     * @param file for example a Hugging Face {@code tokenizer.json}
     * @throws GanglionException of kind SETUP when the file is missing, damaged, or of a kind that
     *     this plug-in does not read; the message names the file, what was expected and what was
     *     found
     */
    Vocabulary open(Path file);
}
