package dev.ganglion.runtime.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvelopeReaderTest {
    @TempDir Path folder;

    private EnvelopeRules read(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("envelope.yaml"), yaml);
        return EnvelopeReader.read(
                EnvelopeFile.read(file),
                "plant",
                Plant.ACTIONS,
                List.of(),
                List.of("unit", "colour"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    alow: [heat]                                       | one of target, allow, deny
                    allow: [heet]                                      | an action of act:plant (fill_on
                    allow: [{action: heat, pover: 5}]                  | a parameter or fact (power), found 'pover'
                    allow: [{action: heat, power: 500}]                | takes a number from 0 to 100
                    allow: [{action: unlock, door: side}]              | one of front, back
                    allow: [{action: unlock, door: []}]                | one of front, back, found
                    deny: [{action: lamp, room: attic}]                | other words for the same
                    confirm: [{action: lamp, room: attic, by: operator}] | other words for the same
                    confirm: [unlock]                                  | 'by: pin' or 'by: operator'
                    confirm: [{action: unlock, by: me}]                | 'by: pin' or 'by: operator'
                    confirm: [{action: unlock, by: pin}]               | ganglion confirm --hash
                    pin: hunter2                                        | found 'something else'
                    pin: "pbkdf2-sha256:1:00:00"                       | found 'something else'
                    limits: [{action: unlock, parameter: door, to: 5}] | which values
                    limits: [{action: heat, parameter: power, to: x}]  | a number, found 'x'
                    limits: [{action: heat, parameter: power, to: .nan}] | a number, found 'NaN'
                    limits: [{action: heat, parameter: power, from: 9, to: 5}] | from below to
                    limits: [{action: heat}]                           | a parameter or fact (power), found 'null'
                    rate: [{action: heat}]                             | either everyMillis or perMinute
                    rate: [{action: heat, perMinute: 0}]               | a whole number from 1 to 10000
                    rate: [{action: heat, perMinute: 1, everyMillis: 5}] | either everyMillis or perMinute
                    hours: "7-22"                                      | two times such as
                    hours: "07:00-07:00"                               | two times such as
                    never: [fill_on, drain_on]                         | lists of two states
                    never: [[{begins: fill_on}]]                       | lists of two states
                    never: [[{begins: fill_on, ends: fill_off}, {ends: drain_on}]] | 'begins' with an action
                    never: [[{begins: fill_on}, {begins: drain_on}]]   | 'ends' with an action, or 'safeEnds: true'
                    limits: [{action: heat, parameter: power, whenAbsent: no}] | allow, or nothing
                    limits: [{action: lamp, room: hall, parameter: on}] | which values
                    rate: [{action: lamp, room: attic, perMinute: 5}]  | other words for the same
                    hours: [{action: lamp, room: attic, within: "07:00-09:00"}] | other words for the same
                    deny: [{action: unlock, door: [front, null]}]      | no empty place in a list
                    deny: [{action: unlock, door: ~}]                  | one of front, back
                    deny: [{action: "*", area: attic}]                 | a parameter or fact
                    never: [[{begins: fill_on, ends: fill_off}, {starts: drain_on}]] | one of begins, ends
                    dryRun: maybe                                      | true or false
                    safeAfterSilenceMillis: 5                          | a whole number from 100
                    target: port                                       | one of its options (unit, colour)
                    """)
    void whatDoesNotFitIsRefusedWithWhatWould(String line, String expected) {
        assertThatThrownBy(() -> read("actuators: {plant: {" + line + "}}"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("envelope.yaml")
                .hasMessageContaining(expected)
                .hasMessageNotContainingAny("\n", "hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    [                      | is not YAML
                    5                      | keys with values (actuators, audit), found '5'
                    actors: {}             | one of actuators, audit, found 'actors'
                    actuators: [plant]     | the names of actuators
                    audit: {megabytes: 0}  | a whole number from 1 to 1000
                    audit: {text: perhaps} | true or false
                    """)
    void aFileThatIsNoneIsRefused(String yaml, String expected) {
        assertThatThrownBy(() -> read(yaml)).hasMessageContaining(expected);
    }

    @Test
    void aFolderInThePlaceOfTheFileIsRefused() throws Exception {
        Path file = Files.createDirectory(folder.resolve("envelope.yaml"));
        assertThatThrownBy(() -> EnvelopeFile.read(file)).hasMessageContaining("cannot be read");
    }

    @Test
    void anEmptyFileAndOtherActuatorsLimitNothing() throws Exception {
        assertThat(read("")).isEqualTo(EnvelopeRules.none());
        assertThat(read("actuators: {house: {deny: whatever}}")).isEqualTo(EnvelopeRules.none());
    }
}
