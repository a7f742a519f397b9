namespace Tieout.Domain.Catalog;

/// <summary>What an invoiced charge is credited to.</summary>
public enum Recognition
{
    /// <summary>Earned in the invoiced month: credited to revenue.</summary>
    Immediate,

    /// <summary>Not earned yet: credited to deferred revenue, released by a later revenue run.</summary>
    Deferred,

    /// <summary>For prepaid credit that is sold: credited to prepaid credit, released as it is drawn or lapses. Of no price in the catalogue.</summary>
    Prepaid,
}
