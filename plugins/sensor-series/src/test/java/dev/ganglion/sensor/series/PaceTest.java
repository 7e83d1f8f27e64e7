package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Options;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PaceTest extends Fixture {
    /** A clock that is never early: whoever waits is there at once, and it is written down. */
    private static final class Recorded implements Ticker {
        private static final long START_NANOS = 7_000_000_000L;
        private final List<Long> waitedMillis = new ArrayList<>();

        @Override
        public long nanos() {
            return START_NANOS;
        }

        @Override
        public synchronized void await(long nanos, CountDownLatch closing) {
            waitedMillis.add((nanos - START_NANOS) / 1_000_000);
        }
    }

    private List<Long> waits(String text, String... given) throws Exception {
        file(text);
        Recorded ticker = new Recorded();
        SeriesSensor own = new SeriesSensor(InputStream.nullInputStream(), ticker);
        var all = map(given);
        all.putAll(map("path", "a.csv", "columns", "a", "pace", "realtime"));
        Options options = Options.of("sense:series", own.options(), all, folder);
        try (AutoCloseable open = own.open(options, sink)) {
            assertThat(open).isNotNull();
            sink.untilEnded();
        }
        return ticker.waitedMillis;
    }

    @Test
    void readingsAreOfferedAsFarApartAsTheirTimes() throws Exception {
        assertThat(
                        waits(
                                "t,a\n100,1\n101,2\n101.5,x\n103,4\n",
                                "timeColumn",
                                "t",
                                "timeFormat",
                                "epochSeconds"))
                .containsExactly(0L, 1000L, 3000L);
        assertThat(sink.puts()).isZero();
        assertThat(sink.offers()).isEqualTo(3);
    }

    @Test
    void aReadingThatIsHeldBackKeepsItsOwnTime() throws Exception {
        assertThat(
                        waits(
                                "t,a\n100,1\n101,2\n103,4\n",
                                "timeColumn",
                                "t",
                                "timeFormat",
                                "epochSeconds",
                                "utterance",
                                "stream"))
                .containsExactly(0L, 1000L, 3000L);
    }

    @Test
    void withoutTimesTheyAreAnIntervalApart() throws Exception {
        assertThat(waits("a\n1\n2\n3\n", "intervalMillis", "250")).containsExactly(0L, 250L, 500L);
    }

    @Test
    void aClockThatRunsBackwardsCostsNoTime() throws Exception {
        assertThat(
                        waits(
                                "t,a\n100,1\n50,2\n52,3\n",
                                "timeColumn",
                                "t",
                                "timeFormat",
                                "epochSeconds"))
                .containsExactly(0L, 2000L);
    }

    @Test
    void closingDoesNotWaitForTheTimeToCome() throws Exception {
        file("a\n1\n2\n");
        AutoCloseable open =
                sensor.open(
                        options(
                                "path",
                                "a.csv",
                                "columns",
                                "a",
                                "pace",
                                "realtime",
                                "intervalMillis",
                                "3600000"),
                        sink);
        assertThat(sink.next()).endsWith(":2 1.0 last");
        open.close();
        assertThat(sink.now()).isEmpty();
    }
}
