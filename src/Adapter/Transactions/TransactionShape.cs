using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Transactions;

/// <summary>
/// The shapes the data of a structure may have: simple, spanned and gathered, with the rules of each. A breach is
/// EINVAL before the structure is queued.
/// </summary>
internal static class TransactionShape
{
    private const int PageBytes = 4096;

    /// <summary>Whether the shape keeps the rules.</summary>
    public static bool IsLawful(Transaction transaction, int maxTransferBytes)
    {
        var request = transaction.Bufstruct;
        if (request.Count < 0 || request.Count > maxTransferBytes) return false;
        if (transaction.Bp is not null)
            return transaction.Uio is null && IsSpanLawful(transaction.Bp, request);
        return transaction.Uio is { } pieces
            ? IsGatherLawful(pieces, request)
            : request.Count <= request.Memory.Length;
    }

    // Whole requests of one direction; inside the span memory is in whole pages. The beginning of the first piece and
    // the end of the last are free.
    private static bool IsSpanLawful(Buf first, Buf request)
    {
        long total = 0;
        var count = 0;
        for (var piece = first; piece is not null; piece = piece.Next)
        {
            var inside = piece != first && piece.Next is not null;
            if (piece.IsRead != request.IsRead || piece.Count < 0 || piece.Count > piece.Memory.Length) return false;
            if (inside && piece.Count % PageBytes != 0) return false;
            if (++count > TransferMemory.CountMax) return false;
            total += piece.Count;
        }
        return total == request.Count;
    }

    private static bool IsGatherLawful(IReadOnlyList<Memory<byte>> pieces, Buf request)
    {
        if (request.IsRead || pieces.Count > TransferMemory.CountMax) return false;
        long total = 0;
        for (var i = 0; i < pieces.Count; i++) total += pieces[i].Length;
        return total == request.Count;
    }

    /// <summary>Says to the transport where the data lies.</summary>
    public static void Fill(Transaction transaction, TransportCommand command)
    {
        var request = transaction.Bufstruct;
        command.Data.Clear();
        command.Direction = request.Count == 0 ? TransferDirection.None
            : request.IsRead ? TransferDirection.In
            : TransferDirection.Out;
        if (transaction.Uio is { } pieces)
        {
            for (var i = 0; i < pieces.Count; i++) command.Data.Add(pieces[i]);
        }
        else if (transaction.Bp is not null)
        {
            for (var piece = transaction.Bp; piece is not null; piece = piece.Next)
                command.Data.Add(piece.Memory[..piece.Count]);
        }
        else if (request.Count > 0)
        {
            command.Data.Add(request.Memory[..request.Count]);
        }
    }
}
