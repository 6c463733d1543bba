namespace Toolkit.Autograd.Tensors;

/// <summary>Single elements of any type as numbers of C#.</summary>
internal static unsafe class ElementConversion
{
    /// <summary>An element as a number; true is 1.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="address">Where the element lies.</param>
    /// <exception cref="DTypeException">The elements are no real numbers.</exception>
    public static double Read(DType type, nint address) => type switch
    {
        DType.Float32 => *(float*)address,
        DType.Float64 => *(double*)address,
        DType.Int32 => *(int*)address,
        DType.Int64 => *(long*)address,
        DType.Bool => *(byte*)address != 0 ? 1 : 0,
        DType.UInt32 => *(uint*)address,
        DType.UInt64 => *(ulong*)address,
        DType.Int16 => *(short*)address,
        DType.UInt16 => *(ushort*)address,
        DType.Int8 or DType.Int4 or DType.Int2 => *(sbyte*)address,
        DType.UInt8 or DType.UInt4 or DType.UInt2 => *(byte*)address,
        DType.Float16 => (double)*(Half*)address,
        DType.BFloat16 => *(BFloat16*)address,
        _ => SmallFloat.Of(type) is { } format ? format.Decode(*(byte*)address) : throw type.NotTaken("A number", "a type of real numbers"),
    };

    /// <summary>Puts a number in the place of an element, converted as a cast from a floating-point number is: saturated at the ends of an integer type.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="number">The number.</param>
    /// <param name="address">Where the element lies.</param>
    /// <exception cref="DTypeException">The elements are no numbers.</exception>
    public static void Write(DType type, double number, nint address)
    {
        switch (type)
        {
            case DType.Float32: *(float*)address = (float)number; break;
            case DType.Float64: *(double*)address = number; break;
            case DType.Int8: *(sbyte*)address = sbyte.CreateSaturating(number); break;
            case DType.Int16: *(short*)address = short.CreateSaturating(number); break;
            case DType.Int32: *(int*)address = int.CreateSaturating(number); break;
            case DType.Int64: *(long*)address = long.CreateSaturating(number); break;
            case DType.UInt8: *(byte*)address = byte.CreateSaturating(number); break;
            case DType.UInt16: *(ushort*)address = ushort.CreateSaturating(number); break;
            case DType.UInt32: *(uint*)address = uint.CreateSaturating(number); break;
            case DType.UInt64: *(ulong*)address = ulong.CreateSaturating(number); break;
            case DType.Int4: *(sbyte*)address = Math.Clamp(sbyte.CreateSaturating(number), (sbyte)-8, (sbyte)7); break;
            case DType.Int2: *(sbyte*)address = Math.Clamp(sbyte.CreateSaturating(number), (sbyte)-2, (sbyte)1); break;
            case DType.UInt4: *(byte*)address = Math.Min(byte.CreateSaturating(number), (byte)15); break;
            case DType.UInt2: *(byte*)address = Math.Min(byte.CreateSaturating(number), (byte)3); break;
            case DType.Bool: *(bool*)address = number != 0; break;
            case DType.Float16: *(Half*)address = (Half)(float)number; break;
            case DType.BFloat16: *(BFloat16*)address = (BFloat16)(float)number; break;
            case DType.Complex64: *(Complex64*)address = new Complex64((float)number, 0); break;
            case DType.Complex128: *(System.Numerics.Complex*)address = number; break;
            default:
                *(byte*)address = (SmallFloat.Of(type) ?? throw type.NotTaken("A number", "a type of numbers")).Encode((float)number);
                break;
        }
    }
}
