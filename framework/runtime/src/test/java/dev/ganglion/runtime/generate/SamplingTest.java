package dev.ganglion.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingTest {
    @Test
    void whatIsLeftOutHasItsDefault() {
        assertThat(Sampling.parse("infer:m", "{}")).isEqualTo(Sampling.GREEDY);
        assertThat(Sampling.parse("infer:m", "{\"top_k\": 5, \"temperature\": 0.2}"))
                .isEqualTo(new Sampling(0.2, 5, 0.95, 0.05, 1, 0));
        assertThat(
                        Sampling.parse(
                                "infer:m",
                                "{\"top_p\":0.5,\"min_p\":0,\"repeat_penalty\":1.1,\"seed\":7,\"top_k\":0}"))
                .isEqualTo(new Sampling(0, 0, 0.5, 0, 1.1, 7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"temperature\": -0.1}",
                "{\"temperature\": \"hot\"}",
                "{\"temperature\": NaN}",
                "{\"top_k\": -1}",
                "{\"top_k\": 2.5}",
                "{\"top_p\": 1.1}",
                "{\"min_p\": -1}",
                "{\"repeat_penalty\": 0}",
                "{\"seed\": -1}",
                "{\"seed\": [1]}",
                "[]",
                "0.2",
                "",
                "{\"top_k\": 5"
            })
    void whatIsNoSamplingIsRefused(String json) {
        assertThatThrownBy(() -> Sampling.parse("infer:m", json))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageStartingWith("infer:m: the sampling")
                .hasMessageContaining("found");
    }

    @Test
    void aKeyThatDoesNotExistIsRefusedAndTheOthersListed() {
        assertThatThrownBy(() -> Sampling.parse("infer:m", "{\"topK\": 5}"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("no option 'topK'")
                .hasMessageContaining("temperature (a number from 0")
                .hasMessageContaining("top_k")
                .hasMessageContaining("repeat_penalty");
    }
}
