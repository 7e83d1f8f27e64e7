package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.TensorSpec;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class ColumnsTest extends Fixture {
    @Test
    void columnsComeInTheOrderOfTheModel() throws Exception {
        assertThat(read("a,b,c\n1,2,3\n4,5,6\n", "columns", "c,a"))
                .containsExactly("a:2 3.0 1.0 last", "a:3 6.0 4.0 last");
        assertThat(sink.offers()).isZero();
    }

    @Test
    void theOutputHasOneUnitOrOneForEachColumn() {
        TensorSpec same = sensor.output(options("path", "a", "columns", "a,b", "units", "Cel"));
        assertThat(same.shape()).containsExactly(1L, 2L);
        assertThat(same.unit()).isEqualTo("Cel");
        assertThat(sensor.output(options("columns", "a,b", "units", "Cel,Cel")).unit())
                .isEqualTo("Cel");
        assertThat(sensor.output(options("columns", "a,b", "units", "Cel,%")).unit())
                .isEqualTo("Cel,%");
        assertThat(sensor.output(options("columns", "a,b")).unit()).isEqualTo("1");
    }

    @Test
    void theOutputHasTheRateOfTheInterval() {
        assertThat(sensor.output(options("columns", "a", "intervalMillis", "250")).rateHz())
                .isEqualTo(4);
        assertThat(sensor.output(options("columns", "a")).rateHz()).isZero();
    }

    @Test
    void aHeaderMayHaveQuotesBlanksAUnitAndAByteOrderMark() throws Exception {
        assertThat(
                        read(
                                "\uFEFF\"Air temperature [K]\" ; 'Torque [Nm]';Flow\r\n1;2;3\r\n",
                                "columns",
                                "Air temperature,Torque,Flow [l/min]",
                                "units",
                                "K,N.m,l/min",
                                "delimiter",
                                "semicolon"))
                .containsExactly("a:2 1.0 2.0 3.0 last");
    }

    @Test
    void aUnitThatUcumWritesOtherwiseIsTheSame() throws Exception {
        assertThat(
                        read(
                                "Speed [rpm],Room [°C],Pressure [[psi]]\n1,2,3\n",
                                "columns",
                                "Speed,Room,Pressure",
                                "units",
                                "/min,Cel,[psi]"))
                .containsExactly("a:2 1.0 2.0 3.0 last");
    }

    @Test
    void aUnitThatDiffersIsRefusedNamingBoth() {
        refused(
                () -> read("Room [K]\n1\n", "columns", "Room", "units", "Cel"),
                "a.csv has 'Room' in 'K', and units says 'Cel'");
        refused(
                () -> read("Room [K]\n1\n", "columns", "Room"),
                "'Room' in 'K', and units says '1'");
        refused(
                () -> read("Room\n1\n", "columns", "Room [K]", "units", "Cel"),
                "columns has 'Room' in 'K', and units says 'Cel'");
    }

    @Test
    void aMissingColumnIsRefusedWithThoseThatAreThere() {
        refused(
                () -> read("a [K],\"b\"\n1,2\n", "columns", "c"),
                "a.csv has no column 'c'; it has: a, b;");
        refused(
                () -> read("a,b\n1,2\n", "columns", "a", "timeColumn", "t"),
                "has no column 't'; it has: a, b");
        refused(
                () -> read("a,b\n1,2\n", "columns", "a", "streamColumn", "s"),
                "has no column 's'; it has: a, b");
    }

    @Test
    void aNameThatTwoColumnsHaveIsRefused() {
        refused(
                () -> read("x,a [K],a [Cel]\n1,2,3\n", "columns", "a", "units", "K"),
                "two columns 'a', number 2 and number 3");
    }

    @Test
    void withoutAHeaderColumnsAreNumbers() throws Exception {
        assertThat(read("1,2,3\n4,5,6\n", "columns", "3,1", "header", "false"))
                .containsExactly("a:1 3.0 1.0 last", "a:2 6.0 4.0 last");
    }

    @Test
    void withoutAHeaderANameAndANumberThatIsTooHighAreRefused() {
        refused(
                () -> read("1,2\n", "columns", "1,b", "header", "false"),
                "without a header, where columns are numbers from 1, and 'b' was found");
        refused(
                () -> read("1,2\n", "columns", "3", "header", "false"),
                "has no column 3; it has 2, numbered from 1");
        refused(() -> read("1,2\n", "columns", "0", "header", "false"), "and '0' was found");
    }

    @Test
    void wordsAreMappedToNumbers() throws Exception {
        assertThat(read("Type,x\nM,1\nL,2\n7,3\n", "columns", "Type{L:0 M:1.5, H:-2},x"))
                .containsExactly("a:2 1.5 1.0 last", "a:3 0.0 2.0 last", "a:4 7.0 3.0 last");
    }

    @Test
    void aWordThatIsNotMappedIsReportedWithThoseThatAre() throws Exception {
        assertThat(read("Type\nX\nM\n", "columns", "Type{L:0 M:1}"))
                .containsExactly("a:2 failed", "a:3 1.0 last");
        assertThat(sink.failure(0))
                .hasMessageContaining(
                        "a number or one of L, M was expected in column 'Type', found 'X'");
    }

    @Test
    void wordsThatAreNoneAreRefused() {
        refused(() -> output("Type{L}"), "found 'L' in 'Type{L}'");
        refused(() -> output("Type{L:x}"), "found 'L:x'");
        refused(() -> output("Type{L:0 L:1}"), "found 'L:1'");
        refused(() -> output("Type{L:0"), "a brace that is not closed");
    }

    private void output(String columns) {
        sensor.output(options("columns", columns));
    }

    @Test
    void columnsAndUnitsThatDoNotFitAreRefused() {
        refused(() -> output("a,,b"), "one is empty in 'a,,b'");
        refused(
                () -> sensor.output(options("columns", "a,b,c", "units", "K,Cel")),
                "one for each of the 3 in columns, found 2");
        refused(
                () -> sensor.output(options("columns", "a,b", "units", "K,")),
                "one is empty in 'K,'");
        columnsAreRequired();
    }

    private void columnsAreRequired() {
        assertThatThrownBy(() -> options("path", "a"))
                .hasMessageContaining("needs the option 'columns'");
    }

    @Test
    void blanksAreAnyRunOfThemAlsoAtTheEnds() throws Exception {
        assertThat(
                        read(
                                " a \t b   \n1  2  \n\t3 4\n\"5 x\" 6\n",
                                "columns",
                                "b,a",
                                "delimiter",
                                "space"))
                .containsExactly("a:2 2.0 1.0 last", "a:3 4.0 3.0 last", "a:4 failed");
        assertThat(sink.failure(0)).hasMessageContaining("found '5 x'");
    }

    @Test
    void tabsStandBetweenCellsThatMayBeEmpty() throws Exception {
        assertThat(read("a\tb\tc\n1\t\t3\n", "columns", "a,c", "delimiter", "tab"))
                .containsExactly("a:2 1.0 3.0 last");
    }

    @Test
    void rowsThatBeginWithARowNumberWhichTheHeaderLeavesOutAreShifted() throws Exception {
        assertThat(read("\"a\",\"b\"\n\"140\",1,2\n\"141\",3,4\n", "columns", "a,b"))
                .containsExactly("a:2 1.0 2.0 last", "a:3 3.0 4.0 last");
    }

    @Test
    void onlyAQuotedNumberBeforeAFullFirstRowIsARowNumber() throws Exception {
        for (String first : new String[] {"1,2,3", "\"x\",2,3", "\"1\",2,", "\"1\",2,3,4"}) {
            assertThat(read("a,b\n" + first + "\n5,6\n", "columns", "a,b"))
                    .as(first)
                    .containsExactly("a:2 failed", "a:3 5.0 6.0 last");
        }
        assertThat(sink.failure(0))
                .hasMessageContaining("a.csv:2: the row has 3 cells, and 2 were expected");
    }

    @Test
    void rowsOfAnotherLengthAreReportedAndTheNextGoesOn() throws Exception {
        assertThat(read("a,b\n1,2\n3\n\"1\",2,3\n5,6\n", "columns", "a,b"))
                .containsExactly(
                        "a:2 1.0 2.0 last", "a:3 failed", "a:4 failed", "a:5 5.0 6.0 last");
        assertThat(sink.failure(0)).hasMessageContaining("the row has 1 cell, and 2 were expected");
        assertThat(read("\"a\",\"b\"\n\"1\",1,2\n3,4\n", "columns", "a,b"))
                .containsExactly("a:2 1.0 2.0 last", "a:3 failed");
    }

    @Test
    void aQuoteThatIsNotClosedSpoilsItsOwnLineOnly() throws Exception {
        assertThat(read("a,b\n\"1,2\n3,4\n\"5\"x,6\n7,8\n", "columns", "a,b"))
                .containsExactly(
                        "a:2 failed", "a:3 3.0 4.0 last", "a:4 failed", "a:5 7.0 8.0 last");
        assertThat(sink.failure(0)).hasMessageContaining("a.csv:2: the line is no CSV (");
    }

    @Test
    void aLineThatIsNotUtf8OrTooLongIsReportedAndTheNextGoesOn() throws Exception {
        StringBuilder text = new StringBuilder("a\n1\n");
        text.append("9".repeat(LineCutter.LONGEST_BYTES + 1)).append("\n2\n");
        assertThat(read(text.toString(), "columns", "a"))
                .containsExactly("a:2 1.0 last", "a:3 failed", "a:4 2.0 last");
        Files.write(folder.resolve("b.csv"), new byte[] {'a', '\n', -1, '\n', '7'});
        try (AutoCloseable open = sensor.open(options("path", "b.csv", "columns", "a"), sink)) {
            assertThat(open).isNotNull();
            assertThat(sink.untilEnded())
                    .element(0)
                    .isEqualTo(folder.resolve("b.csv") + ":2 failed");
        }
        assertThat(sink.failure(1)).hasMessageContaining("UTF-8");
    }

    @Test
    void linesOfBlanksAreCountedAndNotGiven() throws Exception {
        assertThat(read("\na\n\n1\n  \n2", "columns", "a"))
                .containsExactly("a:4 1.0 last", "a:6 2.0 last");
    }

    @Test
    void linesOfJsonAreReadByTheirKeys() throws Exception {
        assertThat(
                        read(
                                "{\"b\": 2, \"x\": {\"a\": 9}, \"a\": \"1.5\"}\n"
                                        + "{\"a\": 1}\n{\"a\": 1,\n{\"a\":1,\"b\":2} 3\n"
                                        + "{\"a\": null, \"b\": 2}\n{\"a\":3,\"b\":4}",
                                "columns",
                                "a,b"))
                .containsExactly(
                        "a:1 1.5 2.0 last",
                        "a:2 failed",
                        "a:3 failed",
                        "a:4 failed",
                        "a:5 failed",
                        "a:6 3.0 4.0 last");
        assertThat(sink.failure(0)).hasMessageContaining("in column 'b', found nothing");
        assertThat(sink.failure(1)).hasMessageContaining("the line is no JSON object (");
        assertThat(sink.failure(2)).hasMessageContaining("one JSON object was expected");
    }
}
