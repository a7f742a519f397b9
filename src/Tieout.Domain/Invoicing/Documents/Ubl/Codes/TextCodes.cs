using System.Collections.Frozen;

namespace Tieout.Domain.Invoicing.Documents.Ubl.Codes;

/// <summary>Codes of what our documents do not write themselves: subjects of notes, numbers of objects, catalogues of goods, files.</summary>
internal static class TextCodes
{
    /// <summary>Subjects of a note, UNTDID 4451, written #AAI# before it.</summary>
    public static FrozenSet<string> Subjects { get; } = CodeList.Read(
        """
        AAA..G AAI..Z ABA..X ABZ ACA..Z ADA..Z AEA..Z AFA..Z AGA..Z AHA..Z AIA..Z AJA AJB ALC..Q ARR ARS AUT..Z AVA..F BAG..S BLC..Z BMA..E CCI CEX CHG CIP
        CLP CLR COI CUR CUS DAR DCL DEL DIN DOC DUT EUR FBC GBL GEN GS7 HAN HAZ ICN IIN IMI IND INS INV IRP ITR ITS LAN LIN LOI MCO MDH MKS ORI OSI PAC PAI
        PAY PKG PKT PMD PMT PRD PRF PRI PUR QIN QQD QUT RAH REG RET REV RQR SAF SIC SIN SLR SPA SPG SPH SPP SPT SRN SSR SUR TCA TDT TRA TRR TXD WHI ZZZ
        """);

    /// <summary>What an invoiced object's number is, UNTDID 1153.</summary>
    public static FrozenSet<string> Objects { get; } = CodeList.Read(
        """
        AC AE AF AP AU AV AAA..Z ABA..Z ACA..L ACN..R ACT..Z ADA..G ADI..Q ADT..Z AEA..Z AFA..Z AGA..Z AHA..V AHX..Z AIA..Z AJA..Z AKA..Z ALA..Z AMA..Z ANA..Y
        AOA AOD..Z APA..Z AQA..Z ARA..Z ASA..Z ATA..Z AUA..Z AVA..Z AWA..Z AXA..S AXU BA BC..E BH BM..O BR BT BW BTP CD CG CH CK CM CN CP CR..W CZ CAS..Z CBA
        CBB CEC CED CFE CFF CFO CKN CMR CNO COF CRN CST DA DB DI DL DM DQ DR DAN EA EB ED EE EI EN EQ ER ET EX EEP ERN FC FF FI FN FO FS FT FV FX FLW GA GC GD
        GN GDN HS HWB IA IB II IL IP IS IT IV ICA ICE ICO INB INN INO JB JE LA..C LI LO LS LAN LAR LRC MA MB MF..H MR MS MRN MSS MWB NA NF OH OI ON OP OR
        PB..F PI PK PL PP..S PW PY POR RA RC RE RF RR RT RCN REN SA SB SD..F SH SI SM SN SP SQ SS SW SZ SEA SRN STA TB TE TF TI TL TN TP TCR TIN UC UN UO UAR
        UCN URI VA VC VM VN VP VR..T VV VGR VON VOR WE WM WN WR WS WY XA XC XP ZZZ
        """);

    /// <summary>Catalogues that class goods, UNTDID 7143.</summary>
    public static FrozenSet<string> Catalogues { get; } = CodeList.Read(
        """
        AA..Z BA..Z CC CG CL CR CV DR DW EC EF EN EMD FS GB GN GS GMN HS IB IN IS IT IZ MA MF MN MP NB ON PD PL PO PV PPI QS RC RN RU RY SA SG SK SN SS ST
        SRS..Z SSA..Z STA..Z SUA..M TG TSN..U UA UP VN VP VS VX ZZZ
        """);

    /// <summary>Kinds of files that may be attached.</summary>
    public static FrozenSet<string> Files { get; } = CodeList.Read(
        """
        application/pdf image/png image/jpeg text/csv application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
        application/vnd.oasis.opendocument.spreadsheet
        """);
}
