package dev.ganglion.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.tokenizer.wordpiece.WordPieceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the figures are said to be about. */
class SubjectTest {
    private static Path model() {
        return Path.of(System.getProperty("ganglion.root"))
                .resolve("bundles/models/target/models/nlu-micro/1");
    }

    @Test
    void theLongCommandHas22Tokens() throws Exception {
        List<Integer> sizes = new ArrayList<>();
        try (Vocabulary vocabulary =
                        new WordPieceTokenizer().open(model().resolve("tokenizer.json"));
                Stage<CharSequence, Tokens> encoder = vocabulary.encoder(0, false)) {
            encoder.push(Subject.LONG_COMMAND, tokens -> sizes.add(tokens.size()));
            encoder.flush(tokens -> sizes.add(tokens.size()));
        }
        assertThat(sizes).containsExactly(22);
    }

    @Test
    void weightsWithoutTheBiasesAreRefusedInsteadOfLeftAsTheyAre() {
        byte[] other = new byte[4096];
        assertThatThrownBy(() -> Models.shiftBiases(other, Path.of("model.onnx")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("model.onnx has no tensor intent.bias");
    }
}
