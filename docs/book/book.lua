-- docs/book/book.lua: a filter of pandoc, for the text that join.awk made. Gives
-- every heading an id that is unique in the book, makes links between pages
-- links inside it, and images paths from the root. What a link leads to that is
-- no page (a source file) is left as text with its path, or with SOURCES=URL a
-- link there.
local stringify = pandoc.utils.stringify
local is_page = {}
local ids = {}      -- by page and anchor: the id in the book
local sources = os.getenv 'SOURCES'

-- An id for a page: "docs/beyond/tls.md" is "beyond-tls".
local function slug(path)
    local name = path:gsub('^docs/', ''):gsub('%.md$', '')
    name = name:gsub('/README$', ''):gsub('/', '-')
    return name == 'README' and 'book' or name
end

-- The anchor that GitHub makes of a heading, as docs/tools checks it.
local function anchor(text)
    text = text:gsub('\xC2[\x80-\xBF]', '')
    text = text:gsub('\xE2[\x80-\xAF][\x80-\xBF]', '')
    return text:lower():gsub(' ', '-'):gsub('[%z\1-\127]', function(c)
        return c:match '[%w_-]' or ''
    end)
end

-- "docs" and "../x/y.md" are "x/y.md".
local function resolved(dir, target)
    local parts = {}
    for part in (dir .. '/' .. target):gmatch '[^/]+' do
        if part == '..' and #parts > 0 then
            table.remove(parts)
        elseif part ~= '.' then
            table.insert(parts, part)
        end
    end
    return table.concat(parts, '/')
end

local function page_at(path)
    if is_page[path] then return path end
    local inside = path == '' and 'README.md' or path .. '/README.md'
    return is_page[inside] and inside
end

local function leads_away(target)
    return target:match '^[a-z+]+:' ~= nil
end

-- Where a link of the page leads in the book.
local function link_on(path, dir)
    return function(link)
        local target, heading = link.target:match '^([^#]*)#?(.*)$'
        if leads_away(link.target) then return nil end
        local file = target == '' and path or resolved(dir, target)
        local page = page_at(file)
        if page then
            local id = slug(page) .. '--' .. heading
            if heading ~= '' and not ids[id] then
                error(path .. ': no heading for the link ' .. link.target)
            end
            link.target = '#' .. (ids[id] or slug(page))
            return link
        end
        if sources then
            link.target = sources .. '/' .. file
            return link
        end
        return pandoc.Span(link.content, { class = 'file', title = file })
    end
end

local function image_on(dir)
    return function(image)
        if not leads_away(image.src) then
            image.src = resolved(dir, image.src)
        end
        return image
    end
end

-- HTML of the pages: pictures by their path from the root, without those for
-- another colour scheme (pandoc does not embed them).
local function raw_on(dir)
    return function(raw)
        raw.text = raw.text:gsub('<source[^>]*>', '')
        raw.text = raw.text:gsub('(<img[^>]-src=")([^"]*)', function(tag, src)
            return tag .. resolved(dir, src)
        end)
        return raw
    end
end

-- One level deeper than on its page, since above the pages there are the parts.
-- A page's own heading has the id of the page.
local function heading_on(path)
    local used, first = {}, true
    return function(heading)
        local id = anchor(stringify(heading))
        local times = used[id] or 0
        used[id] = times + 1
        if times > 0 then id = id .. '-' .. times end
        id = slug(path) .. '--' .. id
        heading.identifier = first and slug(path) or id
        ids[id] = heading.identifier
        if not first and path:match '/labs/' then
            heading.classes = { 'unnumbered', 'unlisted' }
        end
        first = false
        heading.level = math.min(heading.level + 1, 6)
        return heading
    end
end

-- What a comment of join.awk says: its word, and the rest.
local function mark_of(block)
    if block.t == 'RawBlock' then
        return block.text:match '^<!%-%- (%l+) (.-) %-%->%s*$'
    end
end

-- A comment "file NAME" or "terminal N" becomes the caption of the code below.
local function captions(blocks)
    local out = pandoc.List()
    local caption
    for _, block in ipairs(blocks) do
        local kind, name = mark_of(block)
        if kind == 'file' or kind == 'terminal' then
            caption = kind == 'file' and { pandoc.Code(name) }
                or { pandoc.Str('terminal ' .. name) }
        elseif caption and block.t == 'CodeBlock' then
            out:insert(pandoc.Div({ pandoc.Plain(caption), block },
                { class = 'captioned' }))
            caption = nil
        else
            out:insert(block)
        end
    end
    return out
end

-- Two walks: a link may lead to a page that comes later.
local function with_headings(path, blocks)
    local page = pandoc.Div(captions(blocks))
    page = pandoc.walk_block(page, { Blocks = captions })
    return pandoc.walk_block(page, { Header = heading_on(path) })
end

local function with_links(path, page)
    local dir = path:match '^(.*)/[^/]*$' or ''
    local raw = raw_on(dir)
    return pandoc.walk_block(page, {
        Link = link_on(path, dir), Image = image_on(dir),
        RawBlock = raw, RawInline = raw,
    }).content
end

local function part(name, number)
    return pandoc.Header(1, { pandoc.Str(name) }, { id = 'part-' .. number })
end

-- The parts, and the pages with what belongs to each.
local function taken_apart(blocks)
    local all, own = pandoc.List(), nil
    for _, block in ipairs(blocks) do
        local kind, name = mark_of(block)
        if kind == 'part' then
            all:insert { part = name }
        elseif kind == 'page' then
            own = pandoc.List()
            all:insert { page = name, blocks = own }
            is_page[name] = true
        elseif own then
            own:insert(block)
        end
    end
    return all
end

function Pandoc(doc)
    local all, out, parts = taken_apart(doc.blocks), pandoc.List(), 0
    for _, piece in ipairs(all) do
        if piece.page then
            piece.content = with_headings(piece.page, piece.blocks)
        end
    end
    for _, piece in ipairs(all) do
        if piece.page then
            out:extend(with_links(piece.page, piece.content))
        else
            parts = parts + 1
            out:insert(part(piece.part, parts))
        end
    end
    doc.blocks = out
    return doc
end
