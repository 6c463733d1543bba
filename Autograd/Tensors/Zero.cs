namespace Toolkit.Autograd.Tensors;

/// <summary>Whether values are nothing but zeros.</summary>
internal static class Zero
{
    /// <summary>Whether all bytes of a value are 0; texts are not.</summary>
    public static bool All(Value value)
    {
        bool zero = value.DType != DType.String;
        Span<byte> part;
        for (long done = 0; zero && done < value.ByteCount; done += part.Length)
        {
            part = value.BytesFrom(done);
            zero = !part.ContainsAnyExcept((byte)0);
        }

        GC.KeepAlive(value);
        return zero;
    }
}
