package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers and times as text. */
class TextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "+1",
                "1.",
                ".5",
                "23.7",
                "0.00476416302416414",
                "1e3",
                "1E-3",
                "-2.5e+10",
                "123456789012345",
                "1234567890123456789",
                "0.1234567890123456789",
                "1e300",
                "4.9e-324",
                "000000000000000000001.5",
                "1e400",
                "-1e400",
                "1e-400"
            })
    void aNumberIsTheDoubleThatIsNearest(String text) {
        assertThat(Decimal.parse(text)).isEqualTo(Double.parseDouble(text));
    }

    @Test
    void manyNumbersAreTheDoublesThatAreNearest() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String text =
                    i % 2 == 0
                            ? Double.toString(random.nextGaussian() * Math.pow(10, i % 30 - 15))
                            : Float.toString(random.nextFloat() * 1000);
            assertThat(Decimal.parse(text)).as(text).isEqualTo(Double.parseDouble(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                ".",
                "+.",
                "e5",
                "1e",
                "1e+",
                "1f",
                "1d",
                "0x10",
                "NaN",
                "Infinity",
                "1 2",
                "1,5",
                "1.2.3",
                "--1",
                "١"
            })
    void whatIsNoNumberIsNone(String text) {
        assertThat(Decimal.parse(text)).isNaN();
    }

    @ParameterizedTest
    @CsvSource({
        "2015-02-02, 2015-02-02T00:00:00Z",
        "2015-02-02 14:19:59, 2015-02-02T14:19:59Z",
        "2015-02-02T14:19, 2015-02-02T14:19:00Z",
        "2016-02-29T23:59:59.5Z, 2016-02-29T23:59:59.500Z",
        "1900-03-01T00:00:00.123456, 1900-03-01T00:00:00.123Z",
        "2015-02-02T14:19:00+01:30, 2015-02-02T12:49:00Z",
        "2015-02-02T14:19:00-05:00, 2015-02-02T19:19:00Z"
    })
    void anIsoTimeIsRead(String text, Instant expected) {
        assertThat(TimeText.iso(text)).isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2015",
                "2015-2-2",
                "2015-02-29",
                "2015-13-01",
                "2015-00-01",
                "2015-01-00",
                "2015/02/02",
                "2015-02-02x14:19",
                "2015-02-02T25:00",
                "2015-02-02T14:60",
                "2015-02-02T14:19:60",
                "2015-02-02T14:19:00.",
                "2015-02-02T14:19:00Zx",
                "2015-02-02T14:19:00+1",
                "2015-02-02T14",
                "2015-02-02T14:19:00+99:00"
            })
    void whatIsNoIsoTimeIsNone(String text) {
        assertThat(TimeText.iso(text)).isEqualTo(TimeText.NONE);
    }

    @Test
    void everyDayIsTheDayThatTheJdkSays() {
        for (int day = -200_000; day < 200_000; day += 17) {
            Instant instant = Instant.EPOCH.plusSeconds(86_400L * day);
            assertThat(TimeText.iso(instant.toString())).isEqualTo(instant.toEpochMilli());
        }
    }

    @Test
    void secondsMillisecondsAndPatternsAreRead() {
        assertThat(TimeText.reader("epochSeconds").applyAsLong("1.25")).isEqualTo(1250);
        assertThat(TimeText.reader("epochMillis").applyAsLong("-3")).isEqualTo(-3);
        assertThat(TimeText.reader("dd.MM.yyyy HH:mm").applyAsLong("01.01.1970 00:01"))
                .isEqualTo(60_000);
        assertThat(TimeText.reader("d.M.yyyy").applyAsLong("2.1.1970")).isEqualTo(86_400_000);
        assertThat(TimeText.reader("yyyy-MM-dd HH:mmX").applyAsLong("1970-01-01 01:00+01"))
                .isZero();
    }

    @Test
    void whatDoesNotFitIsNone() {
        assertThat(TimeText.reader("epochSeconds").applyAsLong("soon")).isEqualTo(TimeText.NONE);
        assertThat(TimeText.reader("epochMillis").applyAsLong("1e30")).isEqualTo(TimeText.NONE);
        assertThat(TimeText.reader("dd.MM.yyyy").applyAsLong("2015-02-02"))
                .isEqualTo(TimeText.NONE);
        assertThat(TimeText.reader("HH:mm").applyAsLong("12:00")).isEqualTo(TimeText.NONE);
        assertThatThrownBy(() -> TimeText.reader("soon"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
