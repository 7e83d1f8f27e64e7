package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.model.Strategy;
import dev.ganglion.runtime.model.Strategy.Way;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrategyTest {
    @Test
    void everyKeyIsTaken() {
        assertThat(
                        Strategy.IMMEDIATE.with(
                                "the test",
                                Map.of(
                                        "strategy",
                                        "canary",
                                        "drainFirst",
                                        "false",
                                        "probationSeconds",
                                        "1.5",
                                        "probationMessages",
                                        "7",
                                        "share",
                                        "25",
                                        "maxErrorRate",
                                        "0.5",
                                        "maxLatencyRatio",
                                        "3.5",
                                        "maxMemoryMegabytes",
                                        "64")))
                .isEqualTo(new Strategy(Way.CANARY, false, 1500, 7, 25, 0.5, 3.5, 64));
    }

    @Test
    void whatIsNotSaidStays() {
        Strategy canary = Strategy.IMMEDIATE.with("the card", Map.of("strategy", "canary"));
        assertThat(canary.with("the command", Map.of())).isEqualTo(canary);
        assertThat(canary.with("the command", Map.of("share", "50")).way()).isEqualTo(Way.CANARY);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void everyWayHasItsWord(Way way) {
        assertThat(Strategy.IMMEDIATE.with("the test", Map.of("strategy", way.word())).way())
                .isEqualTo(way);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "share | 0 | 1 to 99 percent, found 0",
                "share | 100 | 1 to 99 percent, found 100",
                "probationSeconds | -0.5 | 0 or more, found -0.5",
                "probationMessages | -1 | 0 or more, found -1",
                "maxErrorRate | 100.5 | 0 to 100 percent, found 100.5",
                "maxErrorRate | -1 | 0 to 100 percent, found -1.0",
                "maxLatencyRatio | -2 | 0 or more, found -2.0",
                "maxMemoryMegabytes | -3 | 0 or more, found -3"
            })
    void aValueOutOfItsRangeIsRefusedWithTheRange(String key, String value, String said) {
        assertThat(
                        refused(
                                Kind.SETUP,
                                () -> Strategy.IMMEDIATE.with("the test", Map.of(key, value))))
                .hasMessage("'" + key + "' of a replacement is " + said);
    }

    @ParameterizedTest
    @CsvSource({
        "share, 10.5, a whole number",
        "probationMessages, NaN, a whole number",
        "maxMemoryMegabytes, 99999999999, a whole number",
        "probationSeconds, NaN, a number",
        "maxLatencyRatio, Infinity, a number",
        "maxErrorRate, 1 %, a number",
        "drainFirst, yes, true or false"
    })
    void aValueOfTheWrongTypeIsRefusedWithWhatWasExpected(String key, String value, String type) {
        assertThat(
                        refused(
                                Kind.SETUP,
                                () -> Strategy.IMMEDIATE.with("the test", Map.of(key, value))))
                .hasMessage("the test gives '" + value + "' as '" + key + "', expected " + type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"blue-green", "canary", "shadow"})
    void drainingFirstNeedsNoSecondVersion(String strategy) {
        assertThat(
                        refused(
                                Kind.SETUP,
                                () ->
                                        Strategy.IMMEDIATE.with(
                                                "the test",
                                                Map.of(
                                                        "strategy",
                                                        strategy,
                                                        "drainFirst",
                                                        "true"))))
                .hasMessage(
                        "drainFirst unloads the current version before the next one is loaded, and "
                                + strategy
                                + " needs both; use one of the two");
    }

    @Test
    void whatIsUnknownIsRefusedWithWhatThereIs() {
        assertThat(
                        refused(
                                Kind.SETUP,
                                () -> Strategy.IMMEDIATE.with("the test", Map.of("Share", "3"))))
                .hasMessage(
                        "the test has an unknown key 'Share' for a replacement; the keys are:"
                                + " strategy, drainFirst, probationSeconds, probationMessages,"
                                + " share, maxErrorRate, maxLatencyRatio, maxMemoryMegabytes");
        assertThat(
                        refused(
                                Kind.SETUP,
                                () ->
                                        Strategy.IMMEDIATE.with(
                                                "the test", Map.of("strategy", "CANARY"))))
                .hasMessage(
                        "the test names the strategy 'CANARY'; there are: immediate, blue-green,"
                                + " canary, shadow");
    }
}
