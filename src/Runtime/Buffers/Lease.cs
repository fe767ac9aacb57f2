using System.Runtime.CompilerServices;

namespace Lunette.Runtime.Buffers;

/// <summary>
/// Borrowed memory that does not move, with whom to give it back to. One owner at a time: whoever holds a lease
/// releases it exactly once or hands it on. A slice is a view; it is released through the lease it came from.
/// </summary>
/// <param name="address">First byte.</param>
/// <param name="length">Bytes.</param>
/// <param name="owner">Takes it back; null for memory nobody needs to hear of again.</param>
/// <param name="token">What the owner knows it by.</param>
public readonly unsafe struct Lease(nint address, int length, ILeaseOwner? owner, nint token)
{
    /// <summary>First byte.</summary>
    public nint Address { get; } = address;

    /// <summary>Bytes.</summary>
    public int Length { get; } = length;

    /// <summary>Takes the memory back; null when nobody does.</summary>
    public ILeaseOwner? Owner { get; } = owner;

    /// <summary>What the owner knows the lease by.</summary>
    public nint Token { get; } = token;

    /// <summary>The bytes.</summary>
    public Span<byte> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new((void*)Address, Length);
    }

    /// <summary>The same lease seen from an offset for a length; there is still one lease to release.</summary>
    public Lease Slice(int start, int length)
    {
        Invariant.That((uint)start <= (uint)Length && (uint)length <= (uint)(Length - start),
            "a slice lies in its lease");
        return new(Address + start, length, Owner, Token);
    }

    /// <summary>A view of part of it that releases nothing.</summary>
    public Lease View(int start, int length)
    {
        Invariant.That((uint)start <= (uint)Length && (uint)length <= (uint)(Length - start),
            "a view lies in its lease");
        return new(Address + start, length, null, 0);
    }

    /// <summary>Gives the memory back. Any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release() => Owner?.Release(Token);
}

/// <summary>Lends memory and takes it back.</summary>
public interface ILeaseOwner
{
    /// <summary>Takes back the lease known by the token; any thread, exactly once per lease.</summary>
    void Release(nint token);
}
