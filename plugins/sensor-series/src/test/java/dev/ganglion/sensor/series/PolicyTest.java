package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest extends Fixture {
    private static final String TIMES = "t,a\n";

    private List<String> timed(String rows, String... more) throws Exception {
        List<String> given = new ArrayList<>(List.of(more));
        given.addAll(List.of("columns", "a", "timeColumn", "t", "timeFormat", "epochSeconds"));
        return read(TIMES + rows, given.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NaN", "inf", "-Infinity", "1e39", "1,5", "12abc", "0x10", "NA"})
    void whatIsNoNumberIsMissing(String cell) throws Exception {
        assertThat(read("a,b\n1,1\n\"" + cell + "\",2\n3,3\n", "columns", "a"))
                .containsExactly("a:2 1.0 last", "a:3 failed", "a:4 3.0 last");
        assertThat(sink.failure(0))
                .hasMessageContaining("a.csv:3: a number was expected in column 'a', found ")
                .hasMessageContaining(cell);
    }

    @Test
    void holdTakesTheValueBefore() throws Exception {
        assertThat(read("a,b\n1,2\n,3\n4,nan\n", "columns", "a,b", "whenMissing", "hold"))
                .containsExactly("a:2 1.0 2.0 last", "a:3 1.0 3.0 last", "a:4 4.0 3.0 last");
    }

    @Test
    void holdRefusesAReadingWithoutAValueBefore() throws Exception {
        assertThat(read("a,b\n,2\n3,4\n", "columns", "a,b", "whenMissing", "hold"))
                .containsExactly("a:2 failed", "a:3 3.0 4.0 last");
        assertThat(sink.failure(0)).hasMessageContaining("no value before it to hold");
    }

    @Test
    void holdTakesNothingOfAReadingThatWasLeftOut() throws Exception {
        assertThat(read("a,b\n1,\n,2\n3,4\n", "columns", "a,b", "whenMissing", "hold"))
                .containsExactly("a:2 failed", "a:3 failed", "a:4 3.0 4.0 last");
    }

    @Test
    void holdTakesNothingOfAnotherStream() throws Exception {
        assertThat(
                        read(
                                "s,a\nx,1\ny,\nx,\n",
                                "columns",
                                "a",
                                "streamColumn",
                                "s",
                                "whenMissing",
                                "hold"))
                .containsExactly("a#x:2 1.0 last", "a#y:3 failed", "a#x:4 1.0 last");
    }

    @Test
    void dropLeavesAReadingOutAndTheUtteranceGoesOn() throws Exception {
        assertThat(
                        read(
                                "a\n1\nx\n3\n4\n",
                                "columns",
                                "a",
                                "whenMissing",
                                "drop",
                                "utterance",
                                "stream"))
                .containsExactly("a:3 failed", "a:2 1.0", "a:4 3.0", "a:5 4.0 last");
    }

    @Test
    void alarmEndsTheUtteranceWithTheReadingBefore() throws Exception {
        assertThat(
                        read(
                                "a\n1\n2\nx\n3\n4\n",
                                "columns",
                                "a",
                                "whenMissing",
                                "alarm",
                                "utterance",
                                "stream"))
                .containsExactly(
                        "a:2 1.0", "a:3 2.0 last", "a:4 failed", "a:5 3.0", "a:6 4.0 last");
    }

    @Test
    void aRowThatCannotBeReadIsAMissingReading() throws Exception {
        assertThat(
                        read(
                                "a\n1\n2,3\n4\n",
                                "columns",
                                "a",
                                "whenMissing",
                                "alarm",
                                "utterance",
                                "stream"))
                .containsExactly("a:2 1.0 last", "a:3 failed", "a:4 4.0 last");
    }

    @Test
    void alarmForgetsWhatCouldBeHeld() throws Exception {
        assertThat(timed("10,1\n5,2\n6,\n7,3\n", "whenMissing", "hold"))
                .containsExactly("a:2 1.0 last", "a:3 failed", "a:4 failed", "a:5 3.0 last");
    }

    @Test
    void aClockThatRunsBackwardsIsAnAlarmAndTheStreamGoesOnFromThere() throws Exception {
        assertThat(timed("10,1\n11,2\n5,3\n6,4\n6,5\n", "utterance", "stream"))
                .containsExactly(
                        "a:2 1.0", "a:3 2.0 last", "a:4 failed", "a:5 4.0", "a:6 5.0 last");
        assertThat(sink.failure(0))
                .hasMessageContaining("a.csv:4: the clock ran backwards by 6000 ms");
    }

    @Test
    void withoutGapMillisNothingIsAGap() throws Exception {
        assertThat(timed("1,1\n100000,2\n", "utterance", "stream"))
                .containsExactly("a:2 1.0", "a:3 2.0 last");
    }

    @Test
    void aGapThatIsHeldIsPassedOver() throws Exception {
        assertThat(
                        timed(
                                "1,1\n3,2\n9,3\n",
                                "utterance",
                                "stream",
                                "gapMillis",
                                "2000",
                                "whenGap",
                                "hold"))
                .containsExactly("a:2 1.0", "a:3 2.0", "a:4 3.0 last");
    }

    @Test
    void aGapThatIsDroppedLosesTheReadingAfterIt() throws Exception {
        assertThat(
                        timed(
                                "1,1\n9,2\n10,3\n",
                                "utterance",
                                "stream",
                                "gapMillis",
                                "2000",
                                "whenGap",
                                "drop"))
                .containsExactly("a:3 failed", "a:2 1.0", "a:4 3.0 last");
        assertThat(sink.failure(0))
                .hasMessageContaining("at most 2000 ms apart")
                .hasMessageContaining("after 8000 ms");
    }

    @Test
    void aGapIsAnAlarmUnlessSaidOtherwise() throws Exception {
        assertThat(timed("1,1\n9,2\n10,3\n", "utterance", "stream", "gapMillis", "2000"))
                .containsExactly("a:2 1.0 last", "a:3 failed", "a:4 3.0 last");
    }

    @Test
    void aTimeThatCannotBeReadIsMissing() throws Exception {
        assertThat(timed("1,1\nsoon,2\n2,3\n", "whenMissing", "hold"))
                .containsExactly("a:2 1.0 last", "a:3 failed", "a:4 3.0 last");
        assertThat(sink.failure(0)).hasMessageContaining("found 'soon'");
    }

    @Test
    void eachStreamHasItsOwnClock() throws Exception {
        assertThat(
                        read(
                                "s,t,a\nx,10,1\ny,1,2\nx,11,3\ny,2,4\n",
                                "columns",
                                "a",
                                "streamColumn",
                                "s",
                                "timeColumn",
                                "t",
                                "timeFormat",
                                "epochMillis"))
                .containsExactly(
                        "a#x:2 1.0 last", "a#y:3 2.0 last", "a#x:4 3.0 last", "a#y:5 4.0 last");
    }

    @Test
    void theFinalRowOfEachStreamIsItsLast() throws Exception {
        assertThat(
                        read(
                                "s,a\nx,1\nx,2\ny,3\nz,4\nz,5\n",
                                "columns",
                                "a",
                                "streamColumn",
                                "s",
                                "utterance",
                                "stream"))
                .containsExactly(
                        "a#x:2 1.0",
                        "a#x:3 2.0 last",
                        "a#y:4 3.0 last",
                        "a#z:5 4.0",
                        "a#z:6 5.0 last");
    }

    @Test
    void rowsOfAStreamThatWasOverAreRefused() throws Exception {
        assertThat(
                        read(
                                "s,a\nx,1\ny,2\nx,3\nx,4\nz,5\n",
                                "columns",
                                "a",
                                "streamColumn",
                                "s",
                                "utterance",
                                "stream"))
                .containsExactly(
                        "a#x:2 1.0 last",
                        "a#y:3 2.0 last",
                        "a#x:4 failed",
                        "a#x:5 failed",
                        "a#z:6 5.0 last");
        assertThat(sink.failure(0)).hasMessageContaining("sort the file by streamColumn");
    }
}
