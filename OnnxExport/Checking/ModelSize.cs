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

    // The object of an unknown field, its list and its place in a dictionary that doubles as it grows; the dictionary itself, once for each message.
    private const long Unknown = 200, Dictionary = 240;

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
        long dictionary = Dictionary;
        while (depth < Deepest && TryNumber(ref bytes, out uint tag))
        {
            FieldDescriptor? field = Field(type, tag);
            size += field is { IsRepeated: false } ? 0 : Element;
            if (field is null)
            {
                size += dictionary;
                dictionary = 0;
            }

            uint length = 0;
            bool isReadable = (tag & 7) switch
            {
                0 => TryNumber(ref bytes, out _),
                1 => bytes.Length >= (length = 8),
                2 => TryNumber(ref bytes, out length) && bytes.Length >= length,
                5 => bytes.Length >= (length = 4),
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

    /// <summary>The field that the parser reads there; null where it keeps what it finds as unknown: a number that the format does not have, or content of another kind.</summary>
    private static FieldDescriptor? Field(MessageDescriptor type, uint tag)
    {
        FieldDescriptor? field = type.FindFieldByNumber((int)(tag >> 3));
        uint wire = field?.FieldType switch
        {
            FieldType.Message or FieldType.String or FieldType.Bytes => 2,
            FieldType.Double => 1,
            FieldType.Float => 5,
            _ => 0,
        };

        // Repeated numbers may stand side by side.
        return (tag & 7) == wire || ((tag & 7) == 2 && field is { IsRepeated: true }) ? field : null;
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
            case FieldType.Bytes:
                size += List + Object + Text + content.Length;
                break;
            case FieldType.Float or FieldType.Double:
                size += content.Length;
                break;
            case null:
                size += Unknown + Object + Text + content.Length;
                break;
            default:
                foreach (byte part in content)
                {
                    // The last byte of each number.
                    size += part < 0x80 ? Element : 0;
                }

                break;
        }
    }

    /// <summary>Takes a number off the bytes. As the parser does with tags and lengths, it reads the lower 32 bits.</summary>
    private static bool TryNumber(ref ReadOnlySpan<byte> bytes, out uint number)
    {
        ulong bits = 0;
        for (int i = 0; i < Math.Min(10, bytes.Length); i++)
        {
            bits |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                number = (uint)bits;
                return true;
            }
        }

        number = 0;
        return false;
    }
}
