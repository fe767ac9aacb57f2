using System.Net;
using Lunette.Admin.Contracts;

namespace Lunette.Daemon.Starting;

/// <summary>What the daemon says when it is ready: what it serves, and what to paste to use it.</summary>
internal static class Welcome
{
    public static async Task WriteAsync(
        TextWriter to, ILunetteAdmin admin, IReadOnlyList<IPEndPoint> portals, ServeOptions options)
    {
        var targets = await admin.GetIscsiTargetsAsync();
        var disks = await CountDisksAsync(admin);
        var listening = string.Join(", ", portals);
        await to.WriteLineAsync(
            $"lunette: serving {Count(disks, "disk")} as {Count(targets.Value?.Count, "target")} "
            + $"on {listening}, state in {options.Home.Path}");
        if (targets.Value is not [var target, ..] || portals is not [var first, ..]) return;
        var portal = Reachable(first);
        var url = $"iscsi://{portal}/{target.Name}/0";
        await to.WriteLineAsync($"""

            libiscsi    iscsi-ls -s iscsi://{portal}
                        iscsi-inq {url}
            QEMU        qemu-system-x86_64 -drive file={url},format=raw,if=virtio
                        qemu-img info {url}
            open-iscsi  iscsiadm -m discovery -t sendtargets -p {portal}
                        iscsiadm -m node -T {target.Name} -p {portal} --login
            administer  {options.CalledAs} target list
            watch       {options.CalledAs} top

            """);
    }

    // A GUID that only has views is no disk yet.
    private static async Task<int> CountDisksAsync(ILunetteAdmin admin)
    {
        var count = 0;
        foreach (var guid in (await admin.GetLogicalUnitListAsync()).Value ?? [])
        {
            var unit = await admin.GetLogicalUnitPropertiesAsync(guid);
            if (unit.Value is { Status: not LogicalUnitState.Unregistered }) count++;
        }
        return count;
    }

    // A portal on every address is reached at one of them; on this machine, at the loopback.
    private static IPEndPoint Reachable(IPEndPoint portal) =>
        portal.Address.Equals(IPAddress.Any) ? new(IPAddress.Loopback, portal.Port)
        : portal.Address.Equals(IPAddress.IPv6Any) ? new(IPAddress.IPv6Loopback, portal.Port)
        : portal;

    private static string Count(int? count, string noun) => count == 1 ? $"1 {noun}" : $"{count ?? 0} {noun}s";
}
