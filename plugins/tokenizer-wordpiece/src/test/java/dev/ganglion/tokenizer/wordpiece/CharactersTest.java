package dev.ganglion.tokenizer.wordpiece;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CharactersTest {
    private static final int END = 0x20000;

    /** Of two planes, for speed; the others are compared text by text. */
    @Test
    void theTableSaysWhatTheReferenceDoes() throws IOException {
        String table;
        try (InputStream stream = Characters.class.getResourceAsStream("unicode.txt")) {
            byte[] bytes = Objects.requireNonNull(stream).readAllBytes();
            table = new String(bytes, StandardCharsets.US_ASCII);
        }
        String ofTwoPlanes =
                table.lines()
                        .map(
                                line ->
                                        line.startsWith("#")
                                                ? line
                                                : Arrays.stream(line.split(" "))
                                                        .filter(CharactersTest::isListed)
                                                        .collect(Collectors.joining(" ")))
                        .collect(Collectors.joining("\n", "", "\n"));
        assertThat(new UnicodeDerivation(END).derive()).isEqualTo(ofTwoPlanes);
    }

    private static boolean isListed(String word) {
        return !word.matches("[0-9a-f]+([-=].*)?")
                || Integer.parseInt(word.split("[-=]")[0], 16) < END;
    }

    @Test
    void aCodePointKnowsItsPlaceAmongCombiningOnes() {
        int below = Characters.of(0x316) >> Characters.ORDER_SHIFT;
        int above = Characters.of(0x301) >> Characters.ORDER_SHIFT;
        assertThat(below).isPositive().isLessThan(above);
        assertThat(Characters.of('e') >> Characters.ORDER_SHIFT).isZero();
    }
}
