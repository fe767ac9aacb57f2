using System.Buffers.Binary;
using System.Text;

namespace Lunette.Cli.Tests.Golden;

/// <summary>lunette import-comstar, on an export as svccfg writes them.</summary>
public sealed class ImportComstarTests : CommandTests
{
    private const string Guid = "600144F04E086D08000058255D130003";
    private const string Target = "iqn.2010-08.org.example:02:demo";
    private const string Host = "iqn.1991-05.com.example:client";
    private const string Disk = "its data are not taken over. Copy them (sbd keeps metadata of its own in the "
        + $"first 64 KiB of a file, not of a zvol) and say 'stmfadm create-lu -p guid={Guid} FILE'; its views wait";

    private readonly string _folder = Directory.CreateTempSubdirectory("lunette-comstar-").FullName;

    private string FilePath => Path.Combine(_folder, "stmf.xml");

    protected override void CleanUp() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Import_AWholeConfiguration_SaysLineByLineWhatItDid()
    {
        var disks = Packed(list => list.Text(Lower(Guid), "/dev/zvol/rdsk/tank/v1"));
        await WriteAsync(Chunks(PackedIscsit(), 40), Chunks(disks, 4000));
        Assert.Equal(
            $"""
            taken:   host group hosts with 1 members
            refused: fancy:name in host group hosts: it is no name of a port
            taken:   target group targets with 1 members
            taken:   view of {Guid}: hosts, all targets, LUN 258
            refused: view_entry-1-{Guid}: the LUN 4001000000000000 is none in single level form
            taken:   default states: logical units offline, targets as they are
            taken:   defaults of iSCSI targets
            taken:   target {Target}
            taken:   initiator {Host}
            taken:   portal group front: 192.0.2.1:3260
            refused: disk {Guid} in /dev/zvol/rdsk/tank/v1: {Disk}
            refused: provider data of pppt: there is no such provider here
            ~ logical units online by default on -> off
            ~ iSCSI defaults: authentication "none" -> "chap"
            + portal group front: tag 2, 192.0.2.1:3260
            + target {Target}
            + initiator {Host}
            + host group hosts
            + {Host} in host group hosts
            + target group targets
            + {Target} in target group targets
            + view of disk {Guid}: host group hosts, all targets, LUN 258
            done: 10 changes

            """.Split('\n').Order(),
            (await DoAsync($"import-comstar --yes {FilePath}")).Split('\n').Order());
        Assert.EndsWith(
            "nothing to change\n", await DoAsync($"import-comstar --yes {FilePath}"), StringComparison.Ordinal);
        Assert.Equal(
            "View Entry: 0\n    Host group   : hosts\n    Target group : All\n    LUN          : 258\n",
            await DoAsync($"stmfadm list-view -l {Guid}"));
        Assert.Contains("demo disk", await DoAsync("itadm list-target -v"), StringComparison.Ordinal);
        Assert.Contains("set", await DoAsync("itadm list-initiator"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_CutOffProviderData_AreRefusedAndTheRestIsTaken()
    {
        // svccfg is known to have cut large values off.
        await WriteAsync(Chunks(PackedIscsit()[..^60], 4000), "");
        var said = await DoAsync($"import-comstar --plan {FilePath}");
        Assert.Contains("refused: provider data of iscsit: they are cut off", said, StringComparison.Ordinal);
        Assert.Contains("+ host group hosts", said, StringComparison.Ordinal);
        Assert.DoesNotContain($"+ target {Target}", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no XML")]
    [InlineData("<service_bundle type='profile' name='x'><service name='network/ssh'/></service_bundle>")]
    public async Task Import_NoExport_ClearWord(string text)
    {
        await File.WriteAllTextAsync(FilePath, text, TestContext.Current.CancellationToken);
        var ran = await RunAsync($"import-comstar --yes {FilePath}");
        Assert.Equal(1, ran.Exit);
        Assert.Contains("not what 'svccfg export' writes", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void PackedList_AnyPrefixOrAnyByteChanged_NeverThrows()
    {
        var bytes = PackedIscsit();
        for (var length = 0; length < bytes.Length; length++) Comstar.PackedList.Read(bytes.AsSpan(0, length));
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0xFF;
            Comstar.PackedList.Read(changed);
        }
    }

    private async Task WriteAsync(string iscsit, string sbd) => await File.WriteAllTextAsync(
        FilePath,
        $"""
        <?xml version='1.0'?>
        <!DOCTYPE service_bundle SYSTEM '/usr/share/lib/xml/dtd/service_bundle.dtd.1'>
        <service_bundle type='manifest' name='export'>
          <service name='system/stmf' type='service' version='0'>
            <instance name='default' enabled='true'>
              <property_group name='stmf_data' type='application'>
                <propval name='version_name' type='integer' value='1'/>
                <propval name='default_lu_state' type='astring' value='default_lu_offline'/>
              </property_group>
              <property_group name='host_groups' type='application'>
                <propval name='group_name-0' type='ustring' value='hosts'/>
                <property name='group_name-0-member_list' type='ustring'>
                  <ustring_list><value_node value='{Host}'/><value_node value='fancy:name'/></ustring_list>
                </property>
              </property_group>
              <property_group name='target_groups' type='application'>
                <propval name='group_name-4' type='ustring' value='targets'/>
                <propval name='group_name-4-member_list' type='ustring' value='{Target}'/>
              </property_group>
              <property_group name='lu-{Guid}' type='application'>
                <propval name='ve_cnt' type='count' value='2'/>
              </property_group>
              <property_group name='view_entry-0-{Guid}' type='application'>
                <propval name='all_hosts' type='boolean' value='false'/>
                <propval name='host_group' type='ustring' value='hosts'/>
                <propval name='all_targets' type='boolean' value='true'/>
                <propval name='target_group' type='ustring' value=''/>
                <propval name='lu_nbr' type='opaque' value='0102000000000000'/>
              </property_group>
              <property_group name='view_entry-1-{Guid}' type='application'>
                <propval name='all_hosts' type='boolean' value='true'/>
                <propval name='all_targets' type='boolean' value='true'/>
                <propval name='lu_nbr' type='opaque' value='4001000000000000'/>
              </property_group>
              <property_group name='provider_data_pg_iscsit' type='application'>{iscsit}</property_group>
              <property_group name='provider_data_pg_sbd' type='application'>{sbd}</property_group>
              <property_group name='provider_data_pg_pppt' type='application'>{sbd}</property_group>
            </instance>
          </service>
        </service_bundle>
        """,
        TestContext.Current.CancellationToken);

    private static string Chunks(byte[] packed, int chunkBytes) => string.Concat(packed.Chunk(chunkBytes).Select(
        (chunk, i) => $"<propval name='provider_data_prop-{i}' type='opaque' "
            + $"value='{Convert.ToHexStringLower(chunk)}'/>"));

    private static string Lower(string guid) => string.Concat(guid.Select(char.ToLowerInvariant));

    private static byte[] PackedIscsit() => Packed(list => list
        .Text("auth", "chap")
        .List("targetList", targets => targets.List(Target, target => target
            .List("properties", properties => properties
                .Text("alias", "demo disk")
                .Text("targetchapsecret", Convert.ToBase64String("a secret of twelve"u8)))
            .List("tpgList", tpgs => tpgs.Number("front", 2))))
        .List("initiatorList", initiators => initiators.List(Host, initiator => initiator
            .Text("chapuser", "client")
            .Text("chapsecret", Convert.ToBase64String("another of twelve"u8))))
        .List("tpgList", tpgs => tpgs.List("front", tpg => tpg.Texts("portalList", "192.0.2.1:3260"))));

    private static byte[] Packed(Action<Packer> write)
    {
        var packer = new Packer();
        write(packer);
        return [1, 1, 0, 0, .. packer.Body()];
    }

    /// <summary>Packs a name/value list in XDR.</summary>
    private sealed class Packer
    {
        private readonly List<byte> _bytes = [];

        public Packer Text(string name, string value) => Pair(name, 9, 1, Encode(value));

        public Packer Texts(string name, params string[] values) =>
            Pair(name, 17, values.Length, [.. values.SelectMany(Encode)]);

        public Packer Number(string name, ushort value) => Pair(name, 4, 1, Word(value));

        public Packer List(string name, Action<Packer> write)
        {
            var inner = new Packer();
            write(inner);
            return Pair(name, 19, 1, inner.Body());
        }

        public byte[] Body() => [.. Word(0), .. Word(1), .. _bytes, .. Word(0), .. Word(0)];

        private Packer Pair(string name, int type, int count, byte[] value)
        {
            byte[] rest = [.. Encode(name), .. Word((uint)type), .. Word((uint)count), .. value];
            _bytes.AddRange([.. Word((uint)rest.Length + 8), .. Word((uint)rest.Length + 8), .. rest]);
            return this;
        }

        private static byte[] Encode(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return [.. Word((uint)bytes.Length), .. bytes, .. new byte[-bytes.Length & 3]];
        }

        private static byte[] Word(uint value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            return bytes;
        }
    }
}
