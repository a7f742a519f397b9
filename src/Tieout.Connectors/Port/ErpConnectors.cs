using Tieout.Connectors.Dynamics;
using Tieout.Connectors.Legacy.Files;
using Tieout.Connectors.Legacy.Soap;
using Tieout.Connectors.NetSuite;
using Tieout.Connectors.Odoo;
using Tieout.Connectors.SapS4;
using Tieout.Connectors.Tryton;

namespace Tieout.Connectors.Port;

/// <summary>Makes the connector a target asks for.</summary>
public static class ErpConnectors
{
    /// <summary>The systems that can be configured.</summary>
    public static IReadOnlyList<string> Systems { get; } =
    [
        TrytonConnector.SystemName,
        SapConnector.SystemName,
        NetSuiteConnector.SystemName,
        DynamicsConnector.SystemName,
        OdooConnector.SystemName,
        LegacyFilesConnector.SystemName,
        LegacySoapConnector.SystemName,
    ];

    /// <summary>How long one call to a system may take where its target does not say.</summary>
    public static TimeSpan UsualTimeout(string system) => system == TrytonConnector.SystemName ? TrytonSettings.UsualTimeout : TimeSpan.FromSeconds(60);

    /// <summary>Whether a system is reached through a folder; all others listen at an address.</summary>
    public static bool ExchangesFiles(string system) => system == LegacyFilesConnector.SystemName;

    /// <summary>
    /// Whether a system takes what each line of an entry in a foreign currency comes to in the books; others convert by one rate for the whole entry,
    /// or by their own.
    /// </summary>
    public static bool TakesAmountsInBooks(string system) =>
        system is TrytonConnector.SystemName or SapConnector.SystemName or DynamicsConnector.SystemName or OdooConnector.SystemName;

    /// <summary>A connector for the target.</summary>
    /// <exception cref="ArgumentException">No such system, or a setting it needs is missing; the message names it.</exception>
    public static IErpConnector Create(TargetSettings target, TimeProvider clock) => Create(target, clock, NoConfirmations.Instance);

    /// <summary>A connector for the target that hears what the ERP tells by itself.</summary>
    /// <exception cref="ArgumentException">No such system, or a setting it needs is missing; the message names it.</exception>
    public static IErpConnector Create(TargetSettings target, TimeProvider clock, IConfirmations confirmations) => target.System switch
    {
        TrytonConnector.SystemName => new TrytonConnector(TrytonSettings.Of(target), clock),
        SapConnector.SystemName => new SapConnector(SapSettings.Of(target), clock, confirmations),
        NetSuiteConnector.SystemName => new NetSuiteConnector(NetSuiteSettings.Of(target), clock),
        DynamicsConnector.SystemName => new DynamicsConnector(DynamicsSettings.Of(target), clock),
        OdooConnector.SystemName => new OdooConnector(OdooSettings.Of(target), clock),
        LegacyFilesConnector.SystemName => new LegacyFilesConnector(FilesSettings.Of(target), clock),
        LegacySoapConnector.SystemName => new LegacySoapConnector(SoapSettings.Of(target), clock),
        _ => throw new ArgumentException(
            $"Target '{target.Name}': system '{target.System}' is not one of {string.Join(", ", Systems)}.", nameof(target)),
    };
}
