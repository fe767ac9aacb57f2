using Lunette.Proxy.Frames;
using Lunette.Stmf.Contracts;

namespace Lunette.Proxy;

/// <summary>A logical unit as its owner describes it to the other node.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Alias">The administrator's name for it.</param>
/// <param name="VendorId">Vendor identification.</param>
/// <param name="ProductId">Product identification.</param>
/// <param name="SerialNumber">Serial number; empty for one made of the identifier.</param>
/// <param name="LengthBytes">Its size.</param>
/// <param name="BlockLengthBytes">Its logical block length.</param>
public sealed record ProxiedUnit(
    LogicalUnitId Id, string Alias, string VendorId, string ProductId, string SerialNumber, long LengthBytes,
    int BlockLengthBytes)
{
    internal void Write(FrameWriter frame) => frame.Long(Id.High).Long(Id.Low).Text(Alias).Text(VendorId)
        .Text(ProductId).Text(SerialNumber).Long((ulong)LengthBytes).Word((uint)BlockLengthBytes);

    internal static ProxiedUnit Read(ref FrameReader frame) => new(
        new LogicalUnitId(frame.Long(), frame.Long()), frame.Text(), frame.Text(), frame.Text(), frame.Text(),
        (long)frame.Long(), (int)frame.Word());
}
