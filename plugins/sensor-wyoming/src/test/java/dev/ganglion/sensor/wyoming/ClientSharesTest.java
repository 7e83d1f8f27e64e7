package dev.ganglion.sensor.wyoming;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ClientSharesTest {
    private final ClientShares shares = new ClientShares();

    private static InetAddress from(String address) throws UnknownHostException {
        return InetAddress.getByName(address);
    }

    @Test
    void anotherMachineHasAtMostFourAndNoneOfTheOthers() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(shares.enter(from("192.168.0.1"))).isTrue();
            assertThat(shares.enter(from("fd00::" + i))).isTrue();
        }
        assertThat(shares.enter(from("192.168.0.1"))).isFalse();
        assertThat(shares.enter(from("fd00::ffff"))).as("the same network").isFalse();
        assertThat(shares.enter(from("192.168.0.2"))).isTrue();
        assertThat(shares.enter(from("fd00:0:0:1::1"))).isTrue();
    }

    @Test
    void whatIsLeftCanBeTakenAgainOnce() throws Exception {
        for (int i = 0; i < 4; i++) {
            shares.enter(from("192.168.0.1"));
        }
        shares.leave(from("192.168.0.1"));
        assertThat(shares.enter(from("192.168.0.1"))).isTrue();
        assertThat(shares.enter(from("192.168.0.1"))).isFalse();
    }

    @Test
    void thisMachineHasAsManyAsThereAre() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            assertThat(shares.enter(from("127.0.0.1"))).isTrue();
            assertThat(shares.enter(from("::1"))).isTrue();
        }
    }
}
