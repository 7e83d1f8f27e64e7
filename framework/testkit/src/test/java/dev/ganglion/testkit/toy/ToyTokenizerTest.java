package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.testkit.TokenizerContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToyTokenizerTest extends TokenizerContract {
    @TempDir Path folder;

    @Override
    protected Tokenizer tokenizer() {
        return new ToyTokenizer();
    }

    @Override
    protected Path file() {
        return ToyModels.vocabulary(folder);
    }

    @Test
    void theIdsAreTheBytesThatTheJdkGives() {
        for (String text : texts()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = ids(text);
            assertThat(ids).hasSize(bytes.length + 2).startsWith(256).endsWith(257);
            for (int i = 0; i < bytes.length; i++) {
                assertThat(ids[i + 1]).as("byte " + i + " of " + text).isEqualTo(bytes[i] & 0xFF);
            }
        }
    }

    @Test
    void halfAPairOfSurrogatesBecomesTheReplacementCharacter() {
        assertThat(ids("\uD83D")).containsExactly(256, 0xEF, 0xBF, 0xBD, 257);
    }

    private int[] ids(String text) {
        int[][] ids = new int[1][];
        try (Stage<CharSequence, Tokens> encoder = tokenizer().open(file()).encoder(0, false)) {
            encoder.push(text, tokens -> {});
            encoder.flush(tokens -> ids[0] = tokens.ids());
        }
        return ids[0];
    }

    @Test
    void aFileWithAnotherNumberOfIdsIsRefused() throws IOException {
        Path other = folder.resolve("other.txt");
        Files.writeString(other, "toy-bytes\n300\nend\n");
        assertThatThrownBy(() -> tokenizer().open(other))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("has 258 ids, found 300");
    }
}
