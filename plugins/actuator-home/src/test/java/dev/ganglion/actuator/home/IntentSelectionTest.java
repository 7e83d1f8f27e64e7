package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which devices intents mean. */
class IntentSelectionTest extends AssistantHome {
    @Test
    void aDomainAndAnAreaSelectSeveral() {
        assertThat(does("HassTurnOn", "domain", "light", "area", "the kitchen"))
                .containsExactly(
                        "{\"room\":\"kitchen\",\"device\":\"ceiling light\",\"on\":true,"
                                + "\"brightness\":100,\"colour\":\"white\"}",
                        "{\"room\":\"kitchen\",\"device\":\"counter light\",\"on\":true,"
                                + "\"brightness\":100,\"colour\":\"white\"}");
    }

    @Test
    void aFloorSelectsByItsOtherNamesToo() {
        assertThat(does("HassTurnOn", "domain", "light", "floor", "upstairs"))
                .hasSize(5)
                .allMatch(line -> line.matches(".*\"(bedroom|bathroom|office)\".*"));
    }

    @Test
    void aNameBeatsTheArea() {
        assertThat(does("HassTurnOn", "name", "floor lamp", "area", "lounge")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bedroom blinds", "blinds", "master bedroom blinds", "The Bedroom-Blinds"})
    void aDeviceIsFoundByItsNamesHoweverTheyAreSaid(String name) {
        assertThat(does("HassTurnOff", "name", name))
                .containsExactly(
                        "{\"room\":\"bedroom\",\"device\":\"bedroom blinds\",\"position\":0}");
    }

    @Test
    void allMeansEveryOneOfTheDomain() {
        assertThat(does("HassTurnOn", "domain", "fan", "name", "all")).hasSize(3);
        assertThat(does("HassTurnOff", "domain", "fan", "name", "all", "area", "bathroom"))
                .hasSize(1);
    }

    @Test
    void aPlaceAloneMeansItsLightsAndNeverItsDoors() {
        assertThat(does("HassTurnOn", "area", "garage"))
                .singleElement()
                .asString()
                .contains("garage light");
        assertThat(does("HassTurnOff", "name", "all")).singleElement().asString().contains("light");
    }

    @Test
    void whatTheHomeDoesNotHaveIsRefusedWithWhatThereIs() {
        refuses(
                "HassTurnOn",
                given("domain", "light", "area", "cellar"),
                "this home has no area 'cellar'; it has: kitchen, living room, hall");
        refuses(
                "HassTurnOn",
                given("domain", "light", "floor", "attic"),
                "this home has no floor 'attic'; it has: ground floor, upper floor");
        refuses(
                "HassTurnOn",
                given("name", "lava lamp"),
                "this home has no 'lava lamp' for HassTurnOn",
                "floor lamp (living room)");
        refuses(
                "HassTurnOn",
                given("domain", "humidifier"),
                "no domain 'humidifier'; it has: light, switch");
        refuses(
                "HassTurnOn",
                given("domain", "cover", "device_class", "gate"),
                "no device class 'gate'; it has: blind, curtain, garage, awning, window");
        refuses(
                "HassTurnOn",
                given("domain", "fan", "area", "office"),
                "the area 'office' has no fan",
                "ceiling fan (bedroom)");
    }

    @Test
    void whatContradictsItselfIsRefused() {
        refuses(
                "HassTurnOn",
                given("name", "floor lamp", "area", "kitchen"),
                "the area 'kitchen' has no 'floor lamp'; there is: floor lamp (living room)");
        refuses(
                "HassTurnOff",
                given("domain", "light", "name", "front door"),
                "no light 'front door'");
        refuses("HassTurnOff", given("domain", "lock", "name", " "), "an empty name");
        refuses("HassTurnOn", given("area", ""), "no area ''");
        refuses("HassTurnOff", given(), "needs a domain");
    }

    @Test
    void aNameOfSeveralIsRefusedUntilTheAreaIsSaid() {
        refuses(
                "HassTurnOn",
                given("name", "ceiling light"),
                "ceiling light (kitchen), sofa light (living room), bedroom light (bedroom)");
        assertThat(does("HassTurnOn", "name", "ceiling light", "area", "bedroom")).hasSize(1);
        assertThat(does("HassTurnOn", "name", "kitchen ceiling light")).hasSize(1);
    }

    @Test
    void aParameterThatTheIntentDoesNotHaveIsMisuse() {
        assertThatThrownBy(() -> home.perform("HassTurnOn", given("speed", 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HassTurnOn takes no 'speed'");
        assertThatThrownBy(() -> home.perform("HassSelfDestruct", given()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HassTurnOn");
    }
}
