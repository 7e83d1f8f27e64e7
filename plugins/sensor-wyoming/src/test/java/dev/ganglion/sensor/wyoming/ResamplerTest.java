package dev.ganglion.sensor.wyoming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {
    private static final Sensor.Follower NOBODY = new Sensor.Follower() {};

    private static float[] resampled(int rateHz, double toneHz, int samples) {
        List<Float> heard = new ArrayList<>();
        Route route =
                new Route(
                        (sample, follower) -> {
                            Tensor block = (Tensor) sample.value();
                            for (int i = 0; i < block.elements(); i++) {
                                heard.add(block.floats().get(i));
                            }
                        });
        Seat seat = new Seat("it", 320, route);
        Resampler resampler = new Resampler(rateHz, seat.blocks());
        for (int round = 0; round < 2; round++) {
            // The second time tells whether anything is left of the first.
            heard.clear();
            for (int i = 0; i < samples; i++) {
                resampler.add((float) Math.sin(2 * Math.PI * toneHz * i / rateHz), NOBODY);
            }
            resampler.end(NOBODY);
            seat.blocks().end(NOBODY);
        }
        float[] all = new float[heard.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = heard.get(i);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000})
    void aToneStaysWhatItIsAndWhereItIs(int rateHz) {
        float[] heard = resampled(rateHz, 1_000, rateHz / 2);
        assertThat(heard).hasSize(8_000);
        double worst = 0;
        for (int i = 400; i < heard.length - 400; i++) {
            double expected = Math.sin(2 * Math.PI * 1_000 * i / 16_000.0);
            worst = Math.max(worst, Math.abs(heard[i] - expected));
        }
        assertThat(worst).isLessThan(0.002);
    }

    @ParameterizedTest
    @ValueSource(ints = {24_000, 32_000, 44_100, 48_000})
    void whatTheNewRateCannotHoldIsTakenAway(int rateHz) {
        float[] heard = resampled(rateHz, 9_500, rateHz / 2);
        double loudest = 0;
        for (int i = 400; i < heard.length - 400; i++) {
            loudest = Math.max(loudest, Math.abs(heard[i]));
        }
        assertThat(loudest).isLessThan(0.001);
    }
}
