namespace Lunette.Admin.Contracts.Iscsi;

/// <summary>
/// The verbs of itadm: iSCSI targets, their portal groups, the initiators that prove who they are, and the defaults.
/// Every change is one transaction on the provider data of <c>iscsit</c>, guarded by its token.
/// </summary>
public interface IIscsiTargets
{
    /// <summary>All iSCSI targets, by name.</summary>
    ValueTask<StmfResult<IReadOnlyList<IscsiTargetProperties>>> GetIscsiTargetsAsync();

    /// <summary>
    /// Makes a target, which goes online by the default target state.
    /// </summary>
    /// <returns>Its name; <see cref="StmfStatus.Exists"/>, <see cref="StmfStatus.InvalidArg"/> (name, secret or
    /// authentication), <see cref="StmfStatus.NotFound"/> (a portal group).</returns>
    ValueTask<StmfResult<string>> CreateIscsiTargetAsync(IscsiTargetSettings settings);

    /// <summary>Changes a target; renaming asks that it is offline.</summary>
    ValueTask<StmfResult> ModifyIscsiTargetAsync(string name, IscsiTargetSettings settings);

    /// <summary>
    /// Takes a target away; <see cref="StmfStatus.Busy"/> while it is not offline, unless
    /// <paramref name="force"/> takes it offline first.
    /// </summary>
    ValueTask<StmfResult> DeleteIscsiTargetAsync(string name, bool force);

    /// <summary>All target portal groups but the default one.</summary>
    ValueTask<StmfResult<IReadOnlyList<IscsiPortalGroup>>> GetIscsiPortalGroupsAsync();

    /// <summary>Makes a target portal group of portals, each <c>address</c> or <c>address:port</c>.</summary>
    ValueTask<StmfResult> CreateIscsiPortalGroupAsync(string name, IReadOnlyList<string> portals);

    /// <summary>Takes a group away; <see cref="StmfStatus.GroupInUse"/> while a target has it, unless forced.</summary>
    ValueTask<StmfResult> DeleteIscsiPortalGroupAsync(string name, bool force);

    /// <summary>All initiators that prove who they are.</summary>
    ValueTask<StmfResult<IReadOnlyList<IscsiInitiatorProperties>>> GetIscsiInitiatorsAsync();

    /// <summary>Makes an initiator object.</summary>
    ValueTask<StmfResult> CreateIscsiInitiatorAsync(string name, IscsiInitiatorSettings settings);

    /// <summary>Changes an initiator object.</summary>
    ValueTask<StmfResult> ModifyIscsiInitiatorAsync(string name, IscsiInitiatorSettings settings);

    /// <summary>Takes an initiator object away.</summary>
    ValueTask<StmfResult> DeleteIscsiInitiatorAsync(string name);

    /// <summary>What holds for every target that does not say otherwise.</summary>
    ValueTask<StmfResult<IscsiDefaults>> GetIscsiDefaultsAsync();

    /// <summary>Changes the defaults.</summary>
    ValueTask<StmfResult> ModifyIscsiDefaultsAsync(IscsiDefaultSettings settings);
}
