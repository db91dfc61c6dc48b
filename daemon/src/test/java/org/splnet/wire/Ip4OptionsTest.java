package org.splnet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;

@ExtendWith(NoLeaks.class)
class Ip4OptionsTest {
    private final Ip4Options options = new Ip4Options();

    /// A header of exactly these options; whoever reads further reads outside.
    private Ip4Options of(String hex) {
        ByteBuf buf = Golden.buf("45".repeat(20) + hex);
        return options.wrap(buf, 0, buf.capacity());
    }

    @Test
    void stepsThroughEveryOption() {
        options.wrap(Golden.buf(Golden.OPTIONS), 0, 52);
        assertThat(options.validate()).isEqualTo(Ip4Options.OK);
        assertThat(options.next()).isTrue();
        assertThat(options.type()).isEqualTo(Ip4Options.ROUTER_ALERT);
        assertThat(options.offset()).isEqualTo(20);
        assertThat(options.copied()).isTrue();
        assertThat(options.next()).isTrue();
        assertThat(options.type()).isEqualTo(Ip4Options.RECORD_ROUTE);
        assertThat(options.offset()).isEqualTo(24);
        assertThat(options.length()).isEqualTo(15);
        assertThat(options.pointer()).isEqualTo(8);
        assertThat(options.copied()).isFalse();
        assertThat(options.next()).isTrue();
        assertThat(options.type()).isEqualTo(Ip4Options.TIMESTAMP);
        assertThat(options.offset()).isEqualTo(40);
        assertThat(options.next()).isFalse();
        assertThat(options.next()).isFalse();
        assertThat(options.rewind().next()).isTrue();
        assertThat(options.type()).isEqualTo(Ip4Options.ROUTER_ALERT);
    }

    @Test
    void notesWhereTheOptionsWithAMeaningAre() {
        options.wrap(Golden.buf(Golden.OPTIONS), 0, 52);
        options.validate();
        assertThat(options.routerAlert()).isEqualTo(20);
        assertThat(options.recordRoute()).isEqualTo(24);
        assertThat(options.timestamp()).isEqualTo(40);
        assertThat(options.sourceRoute()).isEqualTo(Ip4Options.ABSENT);
        assertThat(of("83070400000000 00".replace(" ", "")).validate()).isEqualTo(Ip4Options.OK);
        assertThat(options.sourceRoute()).isEqualTo(20);
        assertThat(options.routerAlert()).isEqualTo(Ip4Options.ABSENT);
        assertThat(of("01 890704 0a000001".replace(" ", "")).validate()).isEqualTo(Ip4Options.OK);
        assertThat(options.sourceRoute()).isEqualTo(21);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00000000", "01010101", "01010100", "00ffffff",
        "820b00000000000000000000",                                  // security, not ours to judge
        "1e021e02", "de0401ff",                                      // unknown
        "07030401", "07070400000000" + "00", "070708aabbccdd" + "00", "070709aabbccdd" + "00",
        "0707ffaabbccdd" + "00",
        "44040500", "4408050000000000", "440c050100000000" + "00000000", "440c0d0100000000" + "00000000",
        "440c05030a00000100000000", "4408ff0f00000000", "4408050200000000"})
    void acceptsWhatRfc791Allows(String hex) {
        assertThat(of(hex).validate()).isEqualTo(Ip4Options.OK);
    }

    @ParameterizedTest
    @CsvSource({
        "01010107, 23",                                  // a type without a length
        "07000000, 21", "07010000, 21", "1e000000, 21",  // lengths that would loop
        "07050400, 21", "1eff0000, 21",                  // lengths past the end
        "07020101, 21",                                  // record route without a pointer
        "07030301, 22", "07030001, 22",                  // pointer into the option's own head
        "0707050000000000, 22", "0707070000000000, 22",  // room, but not for an address
        "83020101, 21", "83070300, 21", "8307030000000000, 22",
        "89070500000000ff, 22",
        "44030501, 21", "44040400, 22",                  // timestamp without flags; pointer too small
        "4408060000000000, 22", "4408050100000000, 22", "4408050300000000, 22",
        "9403000001010101, 21", "9408000000000000, 21",  // router alert is four octets
        "0703040703040101, 23", "4404050044040500, 24",  // twice
        "8307040000000083070400000000" + "0000, 27", "83030489030400" + "00, 23",
        "0101010101010144, 27"})
    void pointsAtTheFirstBadOctet(String hex, int pointer) {
        assertThat(of(hex).validate()).isEqualTo(pointer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"07000000", "1e010000", "1eff0000", "01010107"})
    void neverStepsOverAnIllegalLength(String hex) {
        assertThat(of(hex).next()).isFalse();
        assertThat(options.next()).isFalse();
    }

    @Test
    void readsNothingBehindTheEndOfTheList() {
        assertThat(of("0007000094000000").validate()).isEqualTo(Ip4Options.OK);
        assertThat(options.recordRoute()).isEqualTo(Ip4Options.ABSENT);
        assertThat(options.next()).isFalse();
    }

    @Test
    void everyTruncationIsSeen() {
        String golden = Golden.OPTIONS.substring(40, 104);
        for (int len = 0; len < 32; len++) {
            int bad = of(golden.substring(0, 2 * len)).validate();
            boolean whole = len == 0 || len == 4 || len == 19 || len == 20;
            assertThat(bad == Ip4Options.OK).as("%d octets: %d", len, bad).isEqualTo(whole);
        }
    }
}
