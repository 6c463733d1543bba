using Google.Protobuf.Reflection;

namespace Toolkit.OnnxExport.Checking;

/// <summary>
/// How much memory the parts of a model will take, before any is taken: two bytes of a file are enough for an object of four hundred. Walks the bytes once and
/// makes nothing.
/// </summary>
internal ref struct ModelSize
{
    // What objects, texts and lists take beside their content, and an element of a list that doubles as it grows.
    private const long Object = 40, Text = 48, List = 48, Element = 16;

    // The object of an unknown field, its list and its place in a dictionary that doubles as it grows.
    private const long Unknown = 200;

    // Deeper messages the parser refuses.
    private const int Deepest = 100;

    private readonly Dictionary<MessageDescriptor, long> own = [];
    private long size;

    private ModelSize(int _)
    {
    }

    /// <summary>An estimate from above of the memory that parsing takes; what cannot be read counts nothing, as the parser will end there.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="type">What it should hold.</param>
    public static long Estimate(ReadOnlySpan<byte> bytes, MessageDescriptor type)
    {
        var walk = new ModelSize(0);
        walk.Message(bytes, type, 0);
        return walk.size;
    }

    private void Message(ReadOnlySpan<byte> bytes, MessageDescriptor type, int depth)
    {
        if (!own.TryGetValue(type, out long fields))
        {
            fields = own[type] = Object + type.Fields.InDeclarationOrder().Sum(f => f.IsRepeated ? List : Element);
        }

        size += fields;
        while (depth < Deepest && TryNumber(ref bytes, out ulong tag))
        {
            FieldDescriptor? field = tag >> 3 <= int.MaxValue ? type.FindFieldByNumber((int)(tag >> 3)) : null;
            size += field is { IsRepeated: false } ? 0 : Element;
            ulong length = 0;
            bool isReadable = (tag & 7) switch
            {
                0 => TryNumber(ref bytes, out _),
                1 => bytes.Length >= (int)(length = 8),
                2 => TryNumber(ref bytes, out length) && length <= (ulong)bytes.Length,
                5 => bytes.Length >= (int)(length = 4),
                _ => true,
            };
            if (!isReadable)
            {
                return;
            }

            if ((tag & 7) == 2)
            {
                Content(bytes[..(int)length], field, depth);
            }
            else if (field is null)
            {
                // What the format does not know is kept for the next reader; what is in a group counts as if it stood here.
                size += Unknown;
            }

            bytes = bytes[(int)length..];
        }
    }

    private void Content(ReadOnlySpan<byte> content, FieldDescriptor? field, int depth)
    {
        switch (field?.FieldType)
        {
            case FieldType.Message:
                Message(content, field.MessageType, depth + 1);
                break;
            case FieldType.String:
                size += Text + (2L * content.Length);
                break;
            case FieldType.Float or FieldType.Double or FieldType.Fixed32 or FieldType.Fixed64:
                size += content.Length;
                break;
            case FieldType.Int32 or FieldType.Int64 or FieldType.UInt32 or FieldType.UInt64 or FieldType.Bool or FieldType.Enum:
                foreach (byte part in content)
                {
                    // The last byte of each number.
                    size += part < 0x80 ? Element : 0;
                }

                break;
            default:
                size += (field is null ? Unknown : List) + Object + Text + content.Length;
                break;
        }
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (int i = 0; i < Math.Min(10, bytes.Length); i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
