package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    private static List<String> printed(TextTable table) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void columnsOfNumbersAreAlignedToTheRight() {
        assertThat(
                        printed(
                                new TextTable("NAME", "N", "WHY")
                                        .row("a", 1, null)
                                        .row("long", 100, "x")))
                .containsExactly("NAME    N  WHY", "a       1", "long  100  x");
    }

    @Test
    void aColumnWithOneWordIsNoColumnOfNumbers() {
        assertThat(printed(new TextTable("VERSION").row("1").row("1-beta").row("22")))
                .containsExactly("VERSION", "1", "1-beta", "22");
    }

    @Test
    void withoutRowsTheHeadingsAreThere() {
        assertThat(printed(new TextTable("A", "B"))).containsExactly("A  B");
    }

    @Test
    void nothingThatIsShownMovesTheCursorOrTurnsTheWritingAround() {
        assertThat(printed(new TextTable("A").row("\u001b[2J\u009b\u202ekcol\u2066\n\u2028é")))
                .containsExactly("A", "\\u001b[2J\\u009b\\u202ekcol\\u2066\\u000a\\u2028é");
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> new TextTable("A", "B").row("x"))
                .hasMessage("2 cells expected, 1 found");
    }

    @Test
    void whatIsNoNumberIsNoMegabytes() {
        assertThat(TextTable.megabytes(2_500_000L)).isEqualTo("2.5");
        assertThat(TextTable.megabytes("2500000")).isEmpty();
        assertThat(TextTable.megabytes(null)).isEmpty();
    }
}
