package org.splnet.netif.tap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.pkt.Offload;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

class NegotiationTest {
    private static final int TRANSMIT = Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.TX_TSO6;

    /// A kernel that knows these offloads and no others.
    private static final class OldKernel extends TunIoctl {
        private final int knows;
        private final boolean headerSizes;
        private final int headerSize;
        private int agreed = -1;

        OldKernel(int knows, boolean headerSizes, int headerSize) {
            super(new Libc(), -1);
            this.knows = knows;
            this.headerSizes = headerSizes;
            this.headerSize = headerSize;
        }

        @Override
        int setOffload(int features) {
            if ((features & ~knows) != 0) {
                return -Errno.EINVAL;
            }
            agreed = features;
            return 0;
        }

        @Override
        int setVnetHeaderSize(int octets) {
            return headerSizes ? 0 : -Errno.EINVAL;
        }

        @Override
        int vnetHeaderSize() {
            return headerSize;
        }

        @Override
        int setVnetLittleEndian() {
            return -Errno.EINVAL;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "255, 111, csum;tso4;tso6;tso-ecn;uso4;uso6",
        "47, 15, csum;tso4;tso6;tso-ecn",
        "15,  15, csum;tso4;tso6;tso-ecn",
        "7,    7, csum;tso4;tso6",
        "3,    3, csum;tso4",
        "1,    1, csum",
        "0,    0, none",
    })
    void fallsBackToWhatTheKernelKnows(int knows, int agreed, String names) {
        var kernel = new OldKernel(knows, true, 10);
        Negotiation terms = Negotiation.with(kernel, true, true);
        assertThat(terms.fromKernel()).isEqualTo(agreed);
        assertThat(kernel.agreed).isEqualTo(agreed);
        assertThat(terms.names()).endsWith("rx:" + names.replace(';', ','));
        assertThat(terms.offloads() & TRANSMIT).isEqualTo(TRANSMIT);
        boolean uso = names.contains("uso4");
        assertThat(terms.offloads() & Offload.TX_USO).isEqualTo(uso ? Offload.TX_USO : 0);
        assertThat(terms.names()).startsWith(uso ? "tx:csum,tso4,tso6,uso rx:" : "tx:csum,tso4,tso6 rx:");
    }

    @Test
    void announcesTheReceivingSideAsAgreed() {
        assertThat(Negotiation.with(new OldKernel(15, true, 10), true, true).offloads())
                .isEqualTo(TRANSMIT | Offload.RX_CHECKSUM | Offload.RX_MERGED);
        assertThat(Negotiation.with(new OldKernel(1, true, 10), true, true).offloads())
                .isEqualTo(TRANSMIT | Offload.RX_CHECKSUM);
    }

    @Test
    void takesTheHeaderAsItIsIfItsSizeIsFixed() {
        assertThat(Negotiation.with(new OldKernel(15, true, 10), true, true).headerLen()).isEqualTo(12);
        assertThat(Negotiation.with(new OldKernel(15, false, 10), true, true).headerLen()).isEqualTo(10);
        assertThat(Negotiation.with(new OldKernel(15, false, 12), true, true).headerLen()).isEqualTo(12);
        assertThat(Negotiation.with(new OldKernel(15, false, -Errno.EINVAL), true, true).headerLen())
                .isEqualTo(10);
    }

    @Test
    void withoutHeaderOrWishThereIsNothing() {
        var kernel = new OldKernel(15, true, 10);
        assertThat(Negotiation.with(kernel, false, true).offloads()).isZero();
        assertThat(kernel.agreed).isZero();
        kernel.agreed = -1;
        Negotiation unwished = Negotiation.with(kernel, true, false);
        assertThat(unwished.offloads()).isZero();
        assertThat(unwished.names()).isEqualTo("none");
        assertThat(kernel.agreed).isZero();
    }
}
