package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an intent would touch, by whatever name a thing goes. */
class IntentMeaningTest extends AssistantHome {
    @Test
    void aNameIsFollowedByItsDomainAndPlace() {
        for (String name : List.of("front door", "front door lock", "hall front door")) {
            assertThat(actuator.meant(options, "HassTurnOff", given("name", name)))
                    .as(name)
                    .containsEntry("domain", "lock")
                    .containsEntry("area", "hall")
                    .containsEntry("name", "front door");
        }
    }

    @Test
    void aPlaceAloneMeansItsLights() {
        assertThat(actuator.meant(options, "HassTurnOff", given("area", "kitchen")))
                .containsEntry("domain", "light")
                .containsEntry("area", "kitchen")
                .doesNotContainKey("name");
    }

    @Test
    void whatItMeansIsWhatIsDone() {
        home.perform(
                "HassTurnOff",
                actuator.meant(options, "HassTurnOff", given("name", "front door lock")));
        assertThat(lines()).singleElement().asString().contains("front door");
    }

    @Test
    void nothingIsDoneAndWhatThereIsNotIsRefused() {
        assertThatThrownBy(() -> actuator.meant(options, "HassTurnOn", given("name", "sauna")))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("sauna");
        assertThat(actuator.meant(options, "HassGetCurrentTime", Map.of())).isEmpty();
        assertThat(lines()).isEmpty();
    }
}
