using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Testing.Admin;

namespace Lunette.Admin.Tests.Documents;

/// <summary>The configuration as a file: written out, planned, applied, through the socket.</summary>
public sealed class DocumentTests : IAsyncLifetime
{
    private const string Target = "iqn.2026-11.example:t";
    private const string Host = "iqn.2026-11.example:host";
    private const string First = "60000000000000000000000000000A01";
    private const string Second = "60000000000000000000000000000A02";

    private AdminKit _kit = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Contracts.Wire.RemoteAdmin Admin => _kit.Remote;

    public async ValueTask InitializeAsync() => _kit = await AdminKit.StartAsync();

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public async Task Whole_AppliedElsewhere_IsTheSameThere_AndAppliedAgainChangesNothing()
    {
        await ConfigureAsync();
        var document = await ExportAsync();
        Assert.Empty((await Admin.PlanConfigurationAsync(document)).Required.Lines);

        await using var other = await AdminKit.StartAsync();
        var text = DocumentText.Write(document);
        var read = DocumentText.Read(System.Text.Encoding.UTF8.GetBytes(text)).Required;
        var withSecrets = read with
        {
            Initiators = [.. read.Initiators!.Select(initiator => initiator with
            {
                ChapSecret = new SecretText { Value = "a secret of twelve" },
            })],
        };
        var applied = await other.Remote.ApplyConfigurationAsync(withSecrets, null);
        Assert.True(applied.Succeeded, applied.ToString());
        Assert.Equal(text, Normal(await ExportAsync(other)), ignoreLineEndingDifferences: true);
        Assert.Empty((await other.Remote.ApplyConfigurationAsync(withSecrets, null)).Required.Lines);
        await other.RestartAsync();
        Assert.Equal(text, Normal(await ExportAsync(other)));

        // References differ from daemon to daemon; everything else is the same.
        string Normal(ConfigurationDocument there) => DocumentText.Write(there with
        {
            Initiators = document.Initiators,
        });
    }

    [Fact]
    public async Task Plan_EveryKindOfChange_IsALineAndIsCarriedOut()
    {
        await ConfigureAsync();
        var before = await ExportAsync();
        var wanted = before with
        {
            Service = before.Service! with { TargetsOnline = false },
            Iscsi = before.Iscsi! with { Authentication = "chap" },
            PortalGroups = [before.PortalGroups![0] with { Portals = ["127.0.0.2:3260"] }],
            Targets = [before.Targets![0] with { Alias = "new" }],
            Initiators = [],
            HostGroups = [before.HostGroups![0] with { Members = [] }, new GroupSection { Name = "more" }],
            TargetGroups = [],
            Disks =
            [
                before.Disks![0] with { Views = [new ViewSection { HostGroup = "more" }] },
                new DiskSection { Guid = Guid(Second), File = "/disks/b.img", Views = [] },
            ],
        };
        // The target has to be offline to leave its target group: nothing at all is done before.
        Assert.Equal(StmfStatus.TgOnline, (await Admin.PlanConfigurationAsync(wanted)).Status);
        Assert.Equal(StmfStatus.TgOnline, (await Admin.ApplyConfigurationAsync(wanted, null)).Status);
        Assert.Equal(DocumentText.Write(before), DocumentText.Write(await ExportAsync()));
        Assert.True(Devid.TryParse(Target, out var target));
        Assert.True((await Admin.OfflineTargetAsync(target)).Succeeded);
        await _kit.Framework.WaitForTargetAsync(Target, online: false, Stop);

        var plan = (await Admin.PlanConfigurationAsync(wanted)).Required;
        Assert.Equal(
            [
                "~ targets online by default on -> off",
                "~ iSCSI defaults: authentication \"none\" -> \"chap\"",
                "~ portal group front: portals \"127.0.0.1:3260\" -> \"127.0.0.2:3260\"",
                $"~ target {Target}: alias \"front disks\" -> \"new\"",
                $"- initiator {Host}",
                $"- {Host} in host group hosts",
                "+ host group more",
                "- target group targets",
                $"+ view of disk {First}: host group more, all targets, the lowest free LUN",
                $"- view of disk {First}: host group hosts, target group targets, LUN 7",
                $"+ disk {Second} in /disks/b.img",
            ],
            plan.Lines.Select(line => line.ToString()));
        Assert.Equal(DocumentText.Write(before), DocumentText.Write(await ExportAsync()));

        Assert.True((await Admin.ApplyConfigurationAsync(wanted, plan.Fingerprint)).Succeeded);
        Assert.Empty((await Admin.PlanConfigurationAsync(wanted)).Required.Lines);
        Assert.Equal([Guid(First), Guid(Second)], (await Admin.GetLogicalUnitListAsync()).Required);
    }

    [Fact]
    public async Task Apply_OneThingRefused_NothingIsChanged()
    {
        await ConfigureAsync();
        var before = await ExportAsync();
        _kit.Disks.Missing["/disks/c.img"] = true;
        var third = new DiskSection { Guid = Guid("60000000000000000000000000000A03"), File = "/disks/c.img" };
        var second = new DiskSection { Guid = Guid(Second), File = "/disks/b.img", Views = [ToHosts(lun: 7)] };
        var renamed = before.Disks![0] with { Properties = new() { ["alias"] = "renamed" } };

        await RefusedAsync(StmfStatus.DataFileName, renamed, second, third);
        await RefusedAsync(StmfStatus.LunInUse, renamed, second);
        await RefusedAsync(StmfStatus.InvalidHg, second with { Views = [new ViewSection { HostGroup = "nobody" }] });
        await RefusedAsync(StmfStatus.InvalidProp, second with { Properties = new() { ["colour"] = "red" } });
        await RefusedAsync(StmfStatus.InvalidProp, renamed with { Properties = new() { ["blk"] = "512" } });
        await RefusedAsync(StmfStatus.SizeOutOfRange, renamed with { Properties = new() { ["size"] = "1m" } });
        await RefusedAsync(StmfStatus.FileInUse, second with { File = before.Disks[0].File });
        await RefusedAsync(StmfStatus.InvalidArg, second, second);

        // What was made on the way is gone again: the same file can be made into another disk.
        var again = new LuResource();
        again.Set(LuProperty.Filename, "/disks/b.img");
        Assert.True((await Admin.CreateLuAsync(again)).Succeeded);

        async Task RefusedAsync(StmfStatus status, params DiskSection[] disks)
        {
            var part = new ConfigurationDocument { Lunette = 1, Disks = disks };
            var refused = await Admin.ApplyConfigurationAsync(part, null);
            Assert.Equal((status, true), (refused.Status, refused.Detail is not null));
            Assert.Equal(DocumentText.Write(before), DocumentText.Write(await ExportAsync()));
            Assert.Equal([Guid(First)], (await Admin.GetLogicalUnitListAsync()).Required);
        }
    }

    [Fact]
    public async Task Apply_PlanIsAnotherByNow_Busy()
    {
        await ConfigureAsync();
        var document = await ExportAsync();
        var wanted = document with { HostGroups = [.. document.HostGroups!, new GroupSection { Name = "more" }] };
        var plan = (await Admin.PlanConfigurationAsync(wanted)).Required;
        Assert.True((await Admin.CreateHostGroupAsync("somebody-elses")).Succeeded);
        Assert.Equal(StmfStatus.Busy, (await Admin.ApplyConfigurationAsync(wanted, plan.Fingerprint)).Status);
        Assert.Equal(["hosts", "somebody-elses"], (await Admin.GetHostGroupListAsync()).Required);
    }

    [Fact]
    public async Task Whole_WithoutADisk_ForgetsItAndItsViews_ItsDataStay()
    {
        await ConfigureAsync();
        var document = await ExportAsync();
        Assert.True((await Admin.ApplyConfigurationAsync(document with { Disks = [] }, null)).Succeeded);
        Assert.Empty((await Admin.GetLogicalUnitListAsync()).Required);
        Assert.True((await Admin.ApplyConfigurationAsync(document, null)).Succeeded);
        Assert.Equal(DocumentText.Write(document), DocumentText.Write(await ExportAsync()));
    }

    [Fact]
    public async Task Parts_AppliedElsewhere_AddAndTakeNothingAway()
    {
        await ConfigureAsync();
        await using var other = await AdminKit.StartAsync();
        Assert.True((await other.Remote.CreateHostGroupAsync("own")).Succeeded);
        foreach (var part in new[]
        {
            (await Admin.ExportConfigurationAsync(ExportScope.Target, Target)).Required,
            (await Admin.ExportConfigurationAsync(ExportScope.LogicalUnit, First)).Required,
        })
        {
            Assert.True((await other.Remote.ApplyConfigurationAsync(part, null)).Succeeded);
            Assert.Empty((await other.Remote.PlanConfigurationAsync(part)).Required.Lines);
        }
        var there = await ExportAsync(other);
        Assert.Equal(["hosts", "own"], there.HostGroups!.Select(group => group.Name));
        Assert.Equal("front disks", Assert.Single(there.Targets!).Alias);
        Assert.Equal(7, Assert.Single(Assert.Single(there.Disks!).Views!).Lun);
        Assert.Equal(StmfStatus.NotFound, (await Admin.ExportConfigurationAsync(ExportScope.Target, Host)).Status);
        Assert.Equal(
            StmfStatus.NotFound, (await Admin.ExportConfigurationAsync(ExportScope.LogicalUnit, Second)).Status);
    }

    [Fact]
    public async Task Secrets_AreReferences_UnlessAskedFor()
    {
        await ConfigureAsync();
        var document = await ExportAsync();
        Assert.DoesNotContain("a secret of twelve", DocumentText.Write(document));
        var reference = document.Initiators![0].ChapSecret!.Reference!;
        Assert.Equal("a secret of twelve", (await Admin.ExportSecretsAsync([reference])).Required[reference]);

        await using var other = await AdminKit.StartAsync();
        var refused = await other.Remote.ApplyConfigurationAsync(document, null);
        Assert.Equal(StmfStatus.NotFound, refused.Status);
        Assert.Contains("--with-secrets", refused.Detail);
        var changed = document with
        {
            Initiators =
            [
                document.Initiators[0] with { ChapSecret = new SecretText { Value = "another secret" } },
            ],
        };
        Assert.Equal(
            [$"~ initiator {Host}: CHAP secret set"],
            (await Admin.ApplyConfigurationAsync(changed, null)).Required.Lines.Select(line => line.ToString()));
        Assert.Empty((await Admin.ApplyConfigurationAsync(changed, null)).Required.Lines);
    }

    [Fact]
    public async Task Administrators_AllAtOnce_NothingIsLost()
    {
        await ConfigureAsync();
        var document = await ExportAsync();
        var applying = Enumerable.Range(0, 8).Select(async i =>
        {
            await using var admin = Contracts.Wire.RemoteAdmin.OverUnixSocket(_kit.SocketPath);
            var part = new ConfigurationDocument
            {
                Lunette = 1,
                HostGroups = [new GroupSection { Name = $"group-{i}" }],
                Disks = [new DiskSection { Guid = Guid($"6000000000000000000000000000B{i:D3}"), Views = [new()] }],
            };
            StmfStatus status;
            do status = (await admin.ApplyConfigurationAsync(part, null)).Status;
            while (status == StmfStatus.Busy);
            Assert.Equal(StmfStatus.Success, status);
            Assert.True((await admin.CreateTargetGroupAsync($"single-{i}")).Succeeded);
        });
        await Task.WhenAll(applying);
        var after = await ExportAsync();
        Assert.Equal(document.HostGroups!.Count + 8, after.HostGroups!.Count);
        Assert.Equal(document.TargetGroups!.Count + 8, after.TargetGroups!.Count);
        Assert.Equal(document.Disks!.Count + 8, after.Disks!.Count);
    }

    private static StmfGuid Guid(string text) => StmfGuid.TryParse(text, out var guid) ? guid : default;

    private static ViewSection ToHosts(int lun) => new() { HostGroup = "hosts", TargetGroup = "targets", Lun = lun };

    private async Task<ConfigurationDocument> ExportAsync(AdminKit? kit = null) =>
        (await (kit ?? _kit).Remote.ExportConfigurationAsync(ExportScope.Whole, null)).Required;

    // One of everything.
    private async Task ConfigureAsync()
    {
        Assert.True(Devid.TryParse(Target, out var target));
        Assert.True(Devid.TryParse(Host, out var host));
        Done(await Admin.CreateTargetGroupAsync("targets"));
        Done(await Admin.AddToTargetGroupAsync("targets", target));
        Done(await Admin.CreateHostGroupAsync("hosts"));
        Done(await Admin.AddToHostGroupAsync("hosts", host));
        Done(await Admin.CreateIscsiPortalGroupAsync("front", ["127.0.0.1"]));
        Done((await Admin.CreateIscsiTargetAsync(new IscsiTargetSettings
        {
            Name = Target,
            Alias = "front disks",
            PortalGroups = ["front"],
        })).WithoutValue);
        Done(await Admin.CreateIscsiInitiatorAsync(
            Host, new IscsiInitiatorSettings { ChapUser = "host", ChapSecret = "a secret of twelve" }));
        Done(await Admin.SetGlobalLuPropAsync(LuResourceType.Disk, LuProperty.MgmtUrl, "https://disks.example/"));
        var resource = new LuResource();
        resource.Set(LuProperty.Filename, "/disks/a.img");
        resource.Set(LuProperty.Guid, First);
        resource.Set(LuProperty.Alias, "first");
        Done((await Admin.CreateLuAsync(resource)).WithoutValue);
        Done((await Admin.AddViewEntryAsync(Guid(First), new ViewEntry(null, "hosts", "targets", 7))).WithoutValue);
        await _kit.Framework.WaitForTargetAsync(Target, online: true, Stop);

        static void Done(StmfResult result) => Assert.True(result.Succeeded, result.ToString());
    }
}
