package dev.ganglion.camel.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final AtomicLong nowNanos = new AtomicLong(-5);

    private Admission admission(int clientPerMinute, int allPerMinute) {
        return new Admission(
                new CommandOptions(100, clientPerMinute, allPerMinute, 2, Set.of()), nowNanos::get);
    }

    private static InetSocketAddress from(String address) throws Exception {
        return new InetSocketAddress(InetAddress.getByName(address), 1);
    }

    @Test
    void whatWasNotUsedForAMinuteMayComeAtOnceAndMoreComesBackEvenly() {
        RateLimit limit = new RateLimit(6, nowNanos::get);
        for (int i = 0; i < 6; i++) {
            assertThat(limit.take()).isZero();
        }
        assertThat(limit.take()).isEqualTo(10);
        nowNanos.addAndGet(9 * SECOND_NANOS);
        assertThat(limit.take()).isEqualTo(1);
        nowNanos.addAndGet(SECOND_NANOS + 1);
        assertThat(limit.take()).isZero();
        assertThat(limit.take()).isEqualTo(10);
        nowNanos.addAndGet(3600 * SECOND_NANOS);
        for (int i = 0; i < 6; i++) {
            assertThat(limit.take()).isZero();
        }
        assertThat(limit.take()).isPositive();
    }

    @Test
    void afterALongSilenceOrAClockThatWentBackNobodyIsLockedOut() {
        RateLimit limit = new RateLimit(1 << 20, nowNanos::get);
        assertThat(limit.take()).isZero();
        nowNanos.addAndGet(4 * 3600 * SECOND_NANOS);
        assertThat(limit.take()).isZero();
        nowNanos.addAndGet(1000L * 365 * 24 * 3600 * SECOND_NANOS / 5);
        assertThat(limit.take()).isZero();
        nowNanos.addAndGet(-3600 * SECOND_NANOS);
        assertThat(limit.take()).isZero();
    }

    @Test
    void eachClientHasItsOwnShareOfTheConnections() throws Exception {
        Admission admission = admission(1, 1);
        for (int client = 0;
                client < Admission.CONNECTIONS / Admission.CLIENT_CONNECTIONS;
                client++) {
            for (int i = 0; i < Admission.CLIENT_CONNECTIONS; i++) {
                assertThat(admission.connect(from("fd00:0:0:" + client + "::" + i))).isNull();
            }
            Refusal own = admission.connect(from("fd00:0:0:" + client + "::ffff"));
            assertThat(own).isNotNull();
            assertThat(own.last()).isTrue();
            if (client < 7) {
                assertThat(own.sentence()).contains("at most 8 from one client");
            }
        }
        assertThat(admission.connect(from("192.168.0.1"))).as("all are taken").isNotNull();
        admission.disconnect(from("fd00::1"));
        assertThat(admission.connect(from("192.168.0.1"))).isNull();
        assertThat(admission.connect(from("fd00::1"))).as("all are taken again").isNotNull();
        admission.disconnect(from("192.168.0.1"));
        assertThat(admission.connect(from("fd00::1"))).isNull();
    }

    @Test
    void eachClientHasItsOwnShare() throws Exception {
        Admission admission = admission(1, 100);
        assertThat(admission.tooSoon(from("192.168.0.1"))).isNull();
        assertThat(admission.tooSoon(from("192.168.0.1"))).isNotNull();
        assertThat(admission.tooSoon(from("192.168.0.2"))).isNull();
        assertThat(admission.tooSoon(from("fd00::1"))).isNull();
        assertThat(admission.tooSoon(from("fd00::2"))).as("the same network").isNotNull();
        assertThat(admission.tooSoon(from("fd00:0:0:1::1"))).isNull();
        assertThat(admission.tooSoon(null)).isNull();
    }

    @Test
    void oneThatComesTooSoonTakesNothingFromTheOthers() throws Exception {
        Admission admission = admission(1, 2);
        for (int i = 0; i < 10; i++) {
            admission.tooSoon(from("192.168.0.1"));
        }
        assertThat(admission.tooSoon(from("192.168.0.2"))).isNull();
        Refusal inAll = admission.tooSoon(from("192.168.0.3"));
        assertThat(inAll).isNotNull();
        assertThat(inAll.sentence()).contains("in all", "30 s");
        assertThat(inAll.retryAfterSeconds()).isEqualTo(30);
    }

    @Test
    void manyClientsAreLimitedInAll() throws Exception {
        Admission admission = admission(1, 5000);
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            taken += admission.tooSoon(from("10.0." + i / 250 + "." + i % 250)) == null ? 1 : 0;
        }
        assertThat(taken).isEqualTo(5000);
    }

    @Test
    void aPlaceThatIsLeftCanBeTakenAgain() {
        Admission admission = admission(1, 1);
        assertThat(admission.enter()).isNull();
        assertThat(admission.enter()).isNull();
        assertThat(admission.enter()).isNotNull();
        admission.leave();
        assertThat(admission.enter()).isNull();
    }
}
