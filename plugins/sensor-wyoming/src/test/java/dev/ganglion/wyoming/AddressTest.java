package dev.ganglion.wyoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @Test
    void aHostAndAPortAreRead() {
        assertThat(Address.of("it", "tcp://piper.local:10200"))
                .isEqualTo(new Address("piper.local", 10_200));
        assertThat(Address.of("it", "tcp://[::1]:1")).isEqualTo(new Address("::1", 1));
        assertThat(new Address("::1", 1)).hasToString("tcp://[::1]:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "piper",
                "piper:10200",
                "http://piper:10200",
                "tcp://piper",
                "tcp://piper:0",
                "tcp://piper:70000",
                "tcp://a:b@piper:1",
                "tcp://piper:1/voice",
                "tcp://a b:1"
            })
    void anythingElseIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> Address.of("sense:wyoming: connect", text))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("sense:wyoming: connect takes tcp://host:port");
    }
}
