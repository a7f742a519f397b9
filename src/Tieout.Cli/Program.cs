using Tieout.Cli.Internal;

if (args is ["internal", "hold-database"]) return await HoldDatabase.Run(CancellationToken.None);
return 0;
