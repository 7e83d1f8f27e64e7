package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The next version answers a share of the messages. */
class CanaryTest extends Switches {
    private int answersOfSecond(Lanes lanes, int messages) {
        int second = 0;
        for (int i = 0; i < messages; i++) {
            int version = answer(lanes);
            assertThat(version).isBetween(1, 2);
            second += version - 1;
        }
        return second;
    }

    @ParameterizedTest
    @CsvSource({"10, 20", "1, 2", "33, 66", "50, 100", "99, 198"})
    void itAnswersExactlyItsShareOfTheMessages(int percent, int expected) {
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answersOfSecond(lanes, 3)).isZero();
            assertThat(replace(SECOND, "strategy", "canary", "share", "" + percent).sentence())
                    .isEqualTo(
                            "model switch@2 answers "
                                    + percent
                                    + " % of the messages, switch@1 the others");
            assertThat(states()).containsExactly("switch@1 serving", "switch@2 canary");
            assertThat(answersOfSecond(lanes, 200)).isEqualTo(expected);
            assertThat(toys.engine.openSessions()).as("lanes are used again").isEqualTo(2);
        }
    }

    @Test
    void itIsPromotedAfterItsMessagesAndAnswersAll() {
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            replace(
                    SECOND,
                    "strategy",
                    "canary",
                    "share",
                    "50",
                    "probationSeconds",
                    "0",
                    "probationMessages",
                    "10",
                    "maxLatencyRatio",
                    "0");
            assertThat(answersOfSecond(lanes, 19)).isEqualTo(10);
            awaitDecided("model switch@2 serves instead of switch@1: 10 messages");
            assertThat(answersOfSecond(lanes, 20)).isEqualTo(20);
            assertThat(toys.engine.openSessions()).isOne();
        }
    }

    @Test
    void itIsRolledBackWhenItFailsAndTheOthersNeverNotice() {
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        faulty.which = SECOND::equals;
        toys.plugins.remove(toys.engine);
        toys.plugins.add(faulty, "the test");
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            replace(SECOND, "strategy", "canary", "share", "50", "probationMessages", "4");
            faulty.onRun = new GanglionException(Kind.REOPEN, "forced");
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> answer(lanes)).isSameAs(faulty.onRun);
                if (i < 3) {
                    assertThat(answer(lanes)).isOne();
                }
            }
            awaitDecided(
                    "model switch@1 serves, switch@2 was rolled back: 4 of its 4 messages failed"
                            + " (100.0 %, at most 1.0 % allowed)");
            assertThat(answersOfSecond(lanes, 20)).isZero();
        }
    }

    @Test
    void anUtteranceOfSeveralSamplesStaysWithTheVersionThatItBeganWith() {
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            replace(SECOND, "strategy", "canary", "share", "50");
            for (String stream : new String[] {"a", "b"}) {
                lanes.release(lanes.acquire(stream, false), false);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(sample(lanes, "a")).isEqualTo(2);
                assertThat(sample(lanes, "b")).isEqualTo(1);
            }
            toys.host.rollback("switch");
            assertThat(sample(lanes, "a")).as("under way").isEqualTo(2);
            assertThat(states()).containsExactly("switch@1 serving", "switch@2 draining");
        }
    }

    private static int sample(Lanes lanes, String stream) {
        Lane lane = lanes.acquire(stream, false);
        int version = (int) Toys.step(lane, Toys.row(1), "scores");
        lanes.release(lane, false);
        return version;
    }

    @Test
    void aThirdVersionBesideItIsRefused() {
        firstServesAndSecondIsThere();
        replace(SECOND, "strategy", "canary");
        version(3);
        assertThat(refused(Kind.RETRY, () -> replace(THIRD)))
                .hasMessageContaining("switch@2 is a canary beside switch@1");
        assertThat(refused(Kind.RETRY, () -> toys.host.engine("switch", "toy")))
                .hasMessageStartingWith(
                        "model switch@1 cannot be loaded yet: switch@2 is a canary");
    }

    @Test
    void itNeedsTwoVersionsInMemory() {
        firstServesAndSecondIsThere();
        assertThat(
                        refused(
                                Kind.SETUP,
                                () -> replace(SECOND, "strategy", "canary", "drainFirst", "true")))
                .hasMessage(
                        "drainFirst unloads the current version before the next one is loaded, and"
                                + " canary needs both; use one of the two");
        assertThat(served()).isEqualTo(FIRST);
    }
}
